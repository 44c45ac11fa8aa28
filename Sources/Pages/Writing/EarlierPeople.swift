import Delivery
import Gateway
import Japanese
import Primitives
import Sheets
import Storage

/// 前回から写す: whom the newest sheets here are about, each person once, and their sheets.
struct EarlierPeople {
    /// A sheet that this organisation sent, or got and opened.
    struct Earlier: Sendable {
        let message: MessageID
        let type: SheetType
        let name: String
        let kana: String
        let at: Timestamp

        fileprivate var person: ByteText { ByteText(name + "\n" + kana) }
    }

    /// Newest first.
    private let sheets: [Earlier]
    /// Sheets that are looked at, sent and received alike.
    private static let most = 200

    init(_ visit: Visit) async throws(PageRefusal) {
        let most = Self.most
        let rows = try await visit.ask { gateway throws(GatewayError) in
            (sent: try await gateway.outbox(limit: most), got: try await gateway.inbox(limit: most))
        }
        var sheets: [Earlier] = []
        for row in rows.sent {
            let head = try await visit.ask { gateway throws(GatewayError) in
                try await visit.parts.heads.head(ofSent: row, at: gateway)
            }
            if let one = Earlier(head, row.message, row.createdAt) { sheets.append(one) }
        }
        // What nobody has opened stays so: copying is no opening.
        let opened: [DeliveryState] = [.opened, .confirmed, .replied]
        for row in rows.got where row.state.map(opened.contains) ?? false {
            let head = try await visit.parts.heads.head(ofReceived: row, for: visit)
            if let head, let one = Earlier(head, row.key.messageID, row.receivedAt) {
                sheets.append(one)
            }
        }
        self.sheets = sheets.sorted { $0.at > $1.at }
    }

    /// The newest sheet of each person.
    var people: [Earlier] {
        var known: Set<ByteText> = []
        return sheets.filter { known.insert($0.person).inserted }
    }

    /// What is copied where the newest sheet of somebody is chosen: that one, and the newest of the
    /// same type where there is one. nil for what was not offered.
    func chosen(_ message: MessageID, for type: SheetType) -> (person: Earlier, same: Earlier?)? {
        guard let person = people.first(where: { $0.message == message }) else { return nil }
        let same = sheets.first { $0.person == person.person && $0.type == type }
        return (person, same)
    }

    /// A choice of people; of the person who is named already, where one is.
    func html(_ desk: DraftDesk) -> HTML {
        let offered = people(for: desk.draft)
        guard !offered.isEmpty else { return .nothing }
        let choices = offered.map { person -> HTML in
            let same = chosen(person.message, for: desk.draft.type)?.same
            let form = same.map { desk.visit.name(of: $0.type) } ?? ""
            let day = same.map { TimeWords.day($0.at.dayInJapan) } ?? ""
            return """
                <option value="\(person.message.text)">\(person.name)　\(person.kana)　\
                \(form) \(day)</option>
                """
        }
        return """
            <div class="row note"><label for="earlier">前回から写す</label>
            <select id="earlier" name="earlier">\(choices)</select>
            <button name="go" value="copy">この方の情報を写す</button>
            <span class="hint">空いている項目だけに写します。日付・理由・同意は写しません。</span></div>
            """
    }

    private func people(for draft: Draft) -> [Earlier] {
        guard draft.inReplyTo == nil else { return [] }
        let name = draft.values[JSONPointer(tokens: ["patient", "fullName"])]?.first
        guard let name else { return people }
        let folded = SearchText.withoutBlanks(name)
        return people.filter { person in
            SearchText.withoutBlanks(person.name).hasSameBytes(as: folded)
                && chosen(person.message, for: draft.type)?.same != nil
                && !draft.isCopied
        }
    }
}

extension EarlierPeople.Earlier {
    fileprivate init?(
        _ head: OrganisationGateway.SheetHead,
        _ message: MessageID,
        _ at: Timestamp
    ) {
        // An extract (抜粋) says less than its person's other sheets.
        guard let name = head.patientName, head.extractOf == nil else { return nil }
        self.init(
            message: message,
            type: head.type,
            name: name,
            kana: head.patientKana ?? "",
            at: at
        )
    }
}
