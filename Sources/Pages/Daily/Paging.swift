import Primitives
import Storage

/// A long list, fifty lines a page.
struct Paging {
    static let size = 50
    /// The first page is 1.
    private let page: Int

    init(_ asked: String?) {
        page = min(max(asked.flatMap { Decimal.value($0.utf8) } ?? 1, 1), 1_000_000)
    }

    private var skip: Int { (page - 1) * Self.size }
    var slice: ListSlice { ListSlice(skip: skip, limit: Self.size) }

    /// `path` is ours, with its query so far and without a page.
    func links(_ path: String, total: Int) -> HTML {
        let sign = path.contains("?") ? "&" : "?"
        let last = max(1, (total + Self.size - 1) / Self.size)
        let before: HTML = HTML.when(
            page > 1,
            """
            <a class="button" href="\(path)\(sign)page=\(min(page - 1, last))">\
            前の\(Self.size)件</a>
            """
        )
        let after: HTML = HTML.when(
            page < last,
            "<a class=\"button\" href=\"\(path)\(sign)page=\(page + 1)\">次の\(Self.size)件</a>"
        )
        let shown: HTML = HTML.when(
            page <= last && total > 0,
            "中 \(skip + 1)–\(min(skip + Self.size, total)) 件目"
        )
        return "<p class=\"row noprint\">全 \(total) 件\(shown) \(before)\(after)</p>"
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
