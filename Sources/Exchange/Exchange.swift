// Exchange: under construction.
