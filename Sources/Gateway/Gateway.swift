// Gateway: under construction.
