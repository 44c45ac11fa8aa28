// Delivery: under construction.
