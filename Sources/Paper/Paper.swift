// Filled forms as A4 pages in PDF.
//
// Owns the setting of text, frames and pages (Pango, Cairo) and QR codes (libqrencode); the form of
// a job and of its answer; and what the certificate of delivery says. A job is self-contained: it
// holds the words and their places, and the same job gives the same bytes.
//
// Pango sets text that strangers wrote. So `Press` runs in a process of its own, which has no key,
// no store and no socket (`renkei paper-worker`); everything else here is plain values. No text is
// ever taken for markup. A page that cannot be drawn is a `PaperRefusal`.

/// What the letters of a page are measured in: 1/72 inch, as in PDF.
enum Points {
    static func of(_ millimetres: Double) -> Double { millimetres * 72 / 25.4 }
    static func of(_ millimetres: Int) -> Double { of(Double(millimetres)) }
}
