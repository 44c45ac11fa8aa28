import Primitives
import Sheets

/// A sheet on screen and in the browser's print: the rows and cells of its form, as paper has them.
enum SheetView {
    static func html(_ form: FilledForm) -> HTML {
        let rows = form.rows.filter { row in row.cells.contains(where: \.isFilled) }
        return """
            <div class="paper">\(rows.map(row))\(list("その他の項目", form.others))\
            \(list("番号", form.references))</div>
            """
    }

    private static func row(_ row: FilledForm.Row) -> HTML {
        let bar: HTML = row.bar.map { "<h2 class=\"bar\">\($0)</h2>" } ?? .nothing
        return "\(bar)<div class=\"line\">\(row.cells.map(cell))</div>"
    }

    private static func cell(_ cell: FilledForm.Cell) -> HTML {
        let style = cell.style
        let head = cell.isHead ? " head" : ""
        let look = "w\(cell.width) \(style.align.rawValue) \(style.size.rawValue)"
        return """
            <div class="cell \(look) \(style.frame.rawValue)\(head)">\(cell.runs.map(run))</div>
            """
    }

    private static func run(_ run: FilledForm.Run) -> HTML {
        switch run {
        case .printed(let text): return HTML.lines(text)
        case .entered(let text): return "<b>\(HTML.lines(text))</b>"
        case .choices(let choices):
            let marks = choices.map { choice -> HTML in
                choice.isChosen ? "<b>\(choice.text)</b> " : "<span>\(choice.text)</span> "
            }
            return HTML(joining: marks)
        }
    }

    private static func list(_ title: String, _ lines: [String]) -> HTML {
        guard !lines.isEmpty else { return .nothing }
        return """
            <h2 class="bar">\(own: title)</h2><div class="rest">\
            \(lines.map { "<p>\($0)</p>" as HTML })</div>
            """
    }
}
