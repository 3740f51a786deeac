"""What goes wrong with machines, done on purpose: kills, full disks, clocks that jump."""
