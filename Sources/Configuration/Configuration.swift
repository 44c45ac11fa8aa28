// Configuration: under construction.
