// Envelope: under construction.
