"""The yearly package on paper: rosters, cover list, checksums."""
