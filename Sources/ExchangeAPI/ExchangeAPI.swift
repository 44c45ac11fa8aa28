// ExchangeAPI: under construction.
