// Sheets: what may stand in a sheet (様式), as data, and the proof that one sheet obeys it.
//
// Owns the catalogue read from `Schemas/` (schemas, code lists, layouts, delivery rules, texts),
// the kinds of cross-field rules, and the only maker of a `Sheet`: `SheetCatalogue.validate`. A
// `Sheet` fits its schema and all rules on the day it was validated; its canonical bytes are what
// is signed.
//
// Refuses a catalogue with a keyword, rule kind or code list it does not know, and a sheet with any
// problem at all: it never repairs, cuts, folds or reorders what a person wrote.
//
// It reads no file: the caller hands in the bytes. A new type of sheet is a folder of files, never
// Swift. Whether a sheet may go to somebody now is decided by Consent, not here; here only what the
// sheet itself states is checked. Fails with `CatalogueRefusal` or `InvalidSheet`.
