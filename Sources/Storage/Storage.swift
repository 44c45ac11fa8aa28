// Storage: under construction.
