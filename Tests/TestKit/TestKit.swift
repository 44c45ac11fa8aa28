// TestKit: under construction.
