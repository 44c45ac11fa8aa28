// Japanese: what is particular to text, calendar and office year in Japan.
//
// Owns 和暦 (eras), the fiscal year with its thirds and the retention that follows from it, ages,
// kana, the folding of text for search, and the character set MS932. Every answer depends on its
// arguments alone: no clock, no file, no locale. Stored text is never folded or normalised here or
// anywhere; folding is for search copies and for input, and its result is a new text.
//
// Every module may call it. A text or day that has no answer gives nil or an enum case; only MS932
// throws, because there a caller must say what happens to a character that cannot be written.
