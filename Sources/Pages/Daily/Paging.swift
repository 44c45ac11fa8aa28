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

    /// `address` is ours, with its query so far and without a page.
    func links(_ address: String, total: Int) -> HTML {
        let sign = address.contains("?") ? "&" : "?"
        let last = max(1, (total + Self.size - 1) / Self.size)
        let before: HTML = HTML.when(
            page > 1,
            """
            <a class="button" href="\(address)\(sign)page=\(min(page - 1, last))">\
            前の\(Self.size)件</a>
            """
        )
        let after: HTML = HTML.when(
            page < last,
            "<a class=\"button\" href=\"\(address)\(sign)page=\(page + 1)\">次の\(Self.size)件</a>"
        )
        let shown: HTML = HTML.when(
            page <= last && total > 0,
            "中 \(skip + 1)–\(min(skip + Self.size, total)) 件目"
        )
        return "<p class=\"row noprint\">全 \(total) 件\(shown) \(before)\(after)</p>"
    }
}
