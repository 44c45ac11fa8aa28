// Audit: under construction.
