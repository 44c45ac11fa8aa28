// Sheets: under construction.
