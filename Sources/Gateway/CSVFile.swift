/// A table as a file for spreadsheets (RFC 4180): UTF-8 with a byte order mark, without which they
/// guess another encoding; every field quoted; lines end with CR LF.
///
/// A field is text and never a formula: what a spreadsheet would take for one gets an apostrophe
/// before it, which the spreadsheet does not show.
package struct CSVFile: Sendable, CustomStringConvertible {
    package let bytes: [UInt8]

    package var description: String { "CSVFile" }

    package init(_ rows: [[String]]) {
        var text = "\u{FEFF}"
        for row in rows { text += row.map(Self.field).joined(separator: ",") + "\r\n" }
        bytes = Array(text.utf8)
    }

    private static func field(_ text: String) -> String {
        var field = "\""
        if let first = text.unicodeScalars.first, formulaSigns.contains(first) { field += "'" }
        for scalar in text.unicodeScalars {
            if scalar == "\"" { field += "\"" }
            field.unicodeScalars.append(scalar)
        }
        return field + "\""
    }

    /// Spreadsheets in Japanese take the full-width signs as well.
    private static let formulaSigns: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠",
    ]
}
