import Delivery
import Gateway
import HTTP
import Primitives
import Sheets
import Staff
import Storage

/// 前回との違い: a sheet beside the one before it, of the same person and type. Both are read
/// thereby, and on record before they are shown.
enum DifferencePages {
    static func add(to router: inout Router, _ door: Door) {
        door.get("/people/{message}/difference", to: &router, show)
    }

    private static func show(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.readSheets)
        let message = try await visit.permit(of: captures.text("message")).key.messageID
        let folder = try await visit.parts.people.folder(of: message, visit)
        guard let place = folder.firstIndex(where: { $0.key.messageID == message }) else {
            throw .notFound
        }
        let newer = folder[place]
        let earlier = folder[(place + 1)...].filter { $0.type == newer.type && !$0.isPaper }
        guard let older = try await firstRead(earlier, visit) else {
            let none: HTML = """
                <p class="note">この方の\(visit.name(of: newer.type))で、\
                比べられる前のものはありません。まだ開いていない書類とは比べません。</p>
                \(back(newer, visit))
                """
            return page(none, visit)
        }
        let (before, after) = (try await read(older, visit), try await read(newer, visit))
        let found = visit.catalogue.differences(from: before, to: after)
        let table: HTML = found.isEmpty ? "<p class=\"note\">同じ内容です。</p>" : table(found)
        let body: HTML = """
            <p>\(visit.name(of: newer.type)): 前回 \(TimeWords.element(older.at))、\
            今回 \(TimeWords.element(newer.at))。</p>
            \(banner([before, after], visit))\(table)\(back(newer, visit))
            """
        return page(body, visit)
    }

    /// What nobody has opened stays so: comparing is no opening.
    private static func firstRead(
        _ entries: [PeopleIndex.Entry],
        _ visit: Visit
    ) async throws(PageRefusal) -> PeopleIndex.Entry? {
        let keys = entries.map(\.key)
        let known = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.rows(of: keys)
        }
        return entries.first { entry in
            let state = known.received[entry.key]?.state
            return known.sent[entry.key.messageID] != nil || (state?.isOpened ?? false)
        }
    }

    private static func read(
        _ entry: PeopleIndex.Entry,
        _ visit: Visit
    ) async throws(PageRefusal) -> Sheet {
        try await visit.read(try await visit.permit(entry.key))
    }

    /// Of either sheet (C-15).
    private static func banner(_ sheets: [Sheet], _ visit: Visit) -> HTML {
        let banners = sheets.flatMap(visit.catalogue.staffOnlyBanners(of:))
        return banners.first.map { "<p class=\"problem\">\($0)</p>" } ?? .nothing
    }

    private static func table(_ found: [SheetDifference]) -> HTML {
        let rows = found.map { item -> HTML in
            """
            <tr><th scope="row">\(item.label)</th><td>\(words(item.before))</td>\
            <td>\(words(item.after))</td></tr>
            """
        }
        return """
            <table><caption>違う項目 \(found.count) 件</caption><thead><tr>
            <th scope="col">項目</th><th scope="col">前回</th><th scope="col">今回</th></tr></thead>
            <tbody>\(rows)</tbody></table>
            """
    }

    private static func words(_ text: String?) -> HTML {
        text.map { HTML.lines($0) } ?? "（記載なし）"
    }

    private static func back(_ entry: PeopleIndex.Entry, _ visit: Visit) -> HTML {
        """
        <p><a class="button" href="\(visit.path("/people/\(entry.key.messageID)"))">\
        この方の綴りに戻る</a></p>
        """
    }

    private static func page(_ body: HTML, _ visit: Visit) -> Response {
        .page(PageFrame(title: "前回との違い").page(body, for: visit, at: .people))
    }
}
