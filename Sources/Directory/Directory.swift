// Directory: under construction.
