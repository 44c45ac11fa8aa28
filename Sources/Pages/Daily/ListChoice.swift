import Directory
import Gateway
import HTTP
import Primitives
import Sheets
import Storage

/// What of a list somebody wants to see, as the address has it: no word of a person stands there.
struct ListChoice {
    private let path: String
    /// One of the list's own choices; empty: all.
    let show: String
    private let type: SheetType?
    private let since: Day?
    private let until: Day?
    /// Part of an organisation's name, or its office number.
    private let peer: String
    /// Only what is for the desks of the person; nil: they see everything, or it is another list.
    private let isOwnDesks: Bool?

    init(_ visit: Visit, at path: String) {
        let request = visit.request
        self.path = visit.path(path)
        show = request.query("show").flatMap { $0.utf8.allSatisfy(Self.isWord) ? $0 : nil } ?? ""
        type = request.query("type").flatMap { SheetType($0) }
        since = request.query("since").flatMap { Day($0) }
        until = request.query("until").flatMap { Day($0) }
        peer = request.query("peer") ?? ""
        let hasDesks = path.hasSameBytes(as: "/inbox") && !visit.reader.others.isEmpty
        isOwnDesks = hasDesks ? request.query("desk")?.hasSameBytes(as: "own") ?? false : nil
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    func bounds(_ visit: Visit) -> ListBounds {
        var bounds = ListBounds.none
        if isOwnDesks ?? false { bounds = visit.ownDesks }
        bounds.type = type
        bounds.since = since.map { Timestamp(startOfDayInJapan: $0) }
        bounds.before = until.map { Timestamp(startOfDayInJapan: $0.adding(days: 1)) }
        bounds.peers = peer.isEmpty ? nil : Set(visit.gateway.view.find(peer).map(\.memberID))
        return bounds
    }

    private var isNarrow: Bool {
        type != nil || since != nil || until != nil || !peer.isEmpty || isOwnDesks ?? false
    }

    /// The list as it is chosen, or with another of its own choices.
    func address(showing other: String? = nil) -> String {
        let pairs = [
            ("show", other ?? show), ("type", type?.text ?? ""),
            ("since", since?.description ?? ""), ("until", until?.description ?? ""),
            ("peer", PostedForm.encoded(peer)), ("desk", isOwnDesks ?? false ? "own" : ""),
        ]
        let query = pairs.filter { !$0.1.isEmpty }.map { "\($0.0)=\($0.1)" }
        return query.isEmpty ? path : path + "?" + query.joined(separator: "&")
    }

    // MARK: On the page

    /// The list's own choices as links, and the form that narrows what they show.
    func html(
        _ choices: [(name: String, label: String)],
        peer label: String,
        _ visit: Visit
    ) -> HTML {
        let links = choices.map { choice -> HTML in
            let isChosen = choice.name.hasSameBytes(as: show)
            let current: HTML = isChosen ? " aria-current=\"true\"" : .nothing
            let look: HTML = isChosen ? "button main" : "button"
            let address = address(showing: choice.name)
            return "<a class=\"\(look)\" href=\"\(address)\"\(current)>\(own: choice.label)</a>"
        }
        return """
            <nav class="row noprint" aria-label="絞り込み">\(links)</nav>
            <details class="noprint"\(HTML.when(isNarrow, " open"))>
            <summary>期間・書類・\(own: label)で絞り込む</summary>\(form(label, visit))</details>
            """
    }

    private var desks: HTML {
        guard let isOwnDesks else { return .nothing }
        return """
            <span class="pair"><label for="desk">窓口</label><select id="desk" name="desk">\
            <option value="">すべて</option>\
            <option value="own"\(HTML.when(isOwnDesks, " selected"))>自分の窓口</option></select></span>
            """
    }

    private func form(_ label: String, _ visit: Visit) -> HTML {
        let types = visit.catalogue.types.map { type -> HTML in
            let chosen: HTML = type == self.type ? " selected" : .nothing
            return "<option value=\"\(type.text)\"\(chosen)>\(visit.name(of: type))</option>"
        }
        let all: HTML = HTML.when(
            isNarrow,
            """
            <a class="button" href="\(path)\(show.isEmpty ? "" : "?show=\(show)")">\
            絞り込みをやめる</a>
            """
        )
        return """
            <form class="row" method="get" action="\(path)">\
            \(HTML.when(!show.isEmpty, "<input type=\"hidden\" name=\"show\" value=\"\(show)\">"))
            <span class="pair"><label for="since">期間</label>\
            <input type="date" id="since" name="since" \
            aria-label="期間の始まり" value="\(since?.description ?? "")">から
            <input type="date" name="until" aria-label="期間の終わり" \
            value="\(until?.description ?? "")">まで</span>
            <span class="pair"><label for="type">書類</label><select id="type" name="type">\
            <option value="">すべて</option>\(types)</select></span>
            <span class="pair"><label for="peer">\(own: label)</label>\
            <input type="text" class="short" id="peer" name="peer" value="\(peer)"></span>\
            \(desks)<button>絞り込む</button>\(all)</form>
            """
    }
}
