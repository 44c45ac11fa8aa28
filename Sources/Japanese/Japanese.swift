// Japanese: under construction.
