// Configuration: what an operator may choose, checked before anything starts.
//
// Owns the table of options (`Setting`), their forms, ranges and defaults, and the way from TOML
// text to checked values that know where they came from. It opens no file: texts come in with their
// names, later ones over earlier ones. It refuses unknown sections and keys, wrong forms and values
// out of range, and guesses nothing. Only `renkei` imports it and hands single values on. It fails
// with `ConfigurationError`, which names file, line, column and the nearest known word.
