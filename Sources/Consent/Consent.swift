// Consent: under construction.
