import Primitives

/// A long list, fifty lines a page.
struct Paging {
    static let size = 50
    let page: Int
    let total: Int

    init(_ asked: String?, total: Int) {
        let last = max(1, (total + Self.size - 1) / Self.size)
        page = min(max(asked.flatMap { Decimal.value($0.utf8) } ?? 1, 1), last)
        self.total = total
    }

    var range: Range<Int> { min((page - 1) * Self.size, total)..<min(page * Self.size, total) }

    /// `path` is ours, with its query so far and without a page.
    func links(_ path: String) -> HTML {
        let sign = path.contains("?") ? "&" : "?"
        let before: HTML = HTML.when(
            page > 1,
            "<a class=\"button\" href=\"\(path)\(sign)page=\(page - 1)\">前の\(Self.size)件</a>"
        )
        let after: HTML = HTML.when(
            page * Self.size < total,
            "<a class=\"button\" href=\"\(path)\(sign)page=\(page + 1)\">次の\(Self.size)件</a>"
        )
        let last = range.upperBound
        return """
            <p class="row noprint">全 \(total) 件\(HTML.when(total > 0, """
                中 \(range.lowerBound + 1)–\(last) 件目
                """)) \(before)\(after)</p>
            """
    }
}

/// Choices of what a list shows, as links.
struct Filters {
    let path: String
    let chosen: String
    let choices: [(name: String, label: String)]

    var html: HTML {
        let links = choices.map { choice -> HTML in
            let isChosen = choice.name.hasSameBytes(as: chosen)
            let query = choice.name.isEmpty ? "" : "?show=\(choice.name)"
            let current: HTML = isChosen ? " aria-current=\"true\"" : .nothing
            let look: HTML = isChosen ? "button main" : "button"
            return "<a class=\"\(look)\" href=\"\(path)\(query)\"\(current)>\(choice.label)</a>"
        }
        return "<nav class=\"row noprint\" aria-label=\"絞り込み\">\(links)</nav>"
    }
}
