"""The wiring: settings, clock, application, command line, ticks and delivery."""
