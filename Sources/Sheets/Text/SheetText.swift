import Primitives

/// A filled form as lines of plain text: its rows as far as they hold a value, then whatever it
/// has no place for. What was signed can thus always be read.
struct SheetText {
    private var lines: [String] = []
    /// The heading of the section that has no line yet.
    private var bar: String?

    static func lines(_ form: FilledForm) -> [String] {
        var text = SheetText()
        for row in form.rows { text.add(row) }
        return text.lines + ["", "【その他の項目】"]
            + form.others + form.references
    }

    private mutating func add(_ row: FilledForm.Row) {
        bar = row.bar ?? bar
        let texts = SheetText.texts(row.cells.filter(\.isFilled))
        guard !texts.isEmpty else { return }
        if let bar {
            lines += ["", "【\(bar)】"]
            self.bar = nil
        }
        if texts.contains(where: { $0.utf8.contains(UInt8(ascii: "\n")) }) {
            lines += texts.flatMap { text in
                text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            }
        } else {
            lines.append(texts.joined(separator: "　｜　"))
        }
    }

    /// A head stands before the cell it names; several lines begin below it.
    private static func texts(_ cells: [FilledForm.Cell]) -> [String] {
        let isHeading = cells.allSatisfy(\.isHead)
        var head = ""
        var texts: [String] = []
        for cell in cells {
            let text = cell.text
            if cell.isHead, !isHeading {
                head = text
                continue
            }
            let isLong = text.utf8.contains(UInt8(ascii: "\n"))
            texts.append((head.isEmpty ? "" : head + (isLong ? "\n" : "：")) + text)
            head = ""
        }
        return texts
    }
}
