import Gateway
import Primitives
import Sheets
import Staff

/// What somebody has typed so far, byte for byte: a field may hold what no sheet may. Kept sealed
/// by the gateway; two people in one draft are told apart by its revision.
struct Draft: Sendable, CustomStringConvertible {
    let type: SheetType
    private(set) var sheetID: SheetID
    private(set) var threadID: ThreadID
    let inReplyTo: SheetID?
    private(set) var supersedes: SheetID?
    var to: [MemberID] = []
    var cc: [MemberID] = []
    /// 窓口: the desk meant at a recipient, where one is named.
    var desks: [MemberID: DeskID] = [:]
    /// 抜粋: the members of the body that a recipient gets who does not get the whole.
    var extracts: [MemberID: [String]] = [:]
    /// The chosen ground; nil: none chosen yet (C-21: there is no default).
    var consent: ConsentChoice?
    /// By the pointer of the field, in the order of the form.
    var values: [JSONPointer: [String]] = [:]
    /// 前回から写す: places that nobody has touched since, by the day of the sheet they are from.
    var copied: [JSONPointer: Day] = [:]
    /// Who saved it last; nil until it is saved by a page.
    var writer: Writer?

    struct Writer: Hashable, Sendable {
        let account: AccountID
        let session: SessionID
        let name: String
    }

    var description: String { "Draft" }

    /// What a draft may stand on.
    enum ConsentChoice: Hashable, Sendable {
        case record(ConsentRecordID)
        /// 院内掲示 of this version.
        case notice(String)
    }

    init(of type: SheetType, _ random: any RandomSource) {
        self.type = type
        sheetID = .make(random)
        threadID = .make(random)
        inReplyTo = nil
        supersedes = nil
    }

    /// A reply: recipient, patient, scene and thread are those of the sheet it answers.
    init(
        answering sheet: Sheet,
        from sender: MemberID,
        with type: SheetType,
        _ random: any RandomSource
    ) {
        self.type = type
        sheetID = .make(random)
        threadID = sheet.threadID
        inReplyTo = sheet.sheetID
        supersedes = nil
        to = [sender]
        for name in ["patient", "scene"] {
            if let value = sheet.json[name] { take(value, at: JSONPointer(tokens: [name])) }
        }
        values[JSONPointer(tokens: ["urgency"])] = ["routine"]
        values[JSONPointer(tokens: ["replyExpectation"])] = ["none"]
    }

    /// Another sheet in the place of one: its type and thread.
    init(after sheet: Sheet, supersedes: SheetID?, _ random: any RandomSource) {
        type = sheet.type
        sheetID = .make(random)
        threadID = sheet.threadID
        inReplyTo = sheet.inReplyTo
        self.supersedes = supersedes
    }

    /// The same as another sheet: what two have written apart.
    func apart(_ random: any RandomSource) -> Draft {
        var other = self
        other.sheetID = .make(random)
        return other
    }

    /// 訂正版にする: it takes the place of an earlier sheet of its type.
    ///
    /// - Returns: false for a sheet of another type.
    mutating func correct(_ earlier: Sheet) -> Bool {
        guard earlier.type == type else { return false }
        (threadID, supersedes) = (earlier.threadID, earlier.sheetID)
        return true
    }

    /// 別件: it has a thread of its own.
    mutating func standAlone(_ random: any RandomSource) {
        (threadID, supersedes) = (.make(random), nil)
    }

    /// The fields of a value of a sheet, as they would be typed.
    mutating func take(_ value: JSON, at pointer: JSONPointer) {
        switch value {
        case .object(let object):
            for (name, inner) in object.members { take(inner, at: pointer.appending(name)) }
        case .array(let elements):
            let words = elements.compactMap(\.string)
            if words.count == elements.count {
                values[pointer] = words
            } else {
                for (index, inner) in elements.enumerated() {
                    take(inner, at: pointer.appending(index))
                }
            }
        case .string(let text): values[pointer] = [text]
        case .integer(let number): values[pointer] = [String(number)]
        case .bool(let truth): values[pointer] = [truth ? "true" : "false"]
        case .number, .null: break
        }
    }
}

extension Draft {
    var json: JSON {
        [
            "sheetType": .string(type.text),
            "sheetId": .string(sheetID.text),
            "threadId": .string(threadID.text),
            "inReplyTo": inReplyTo.map { .string($0.text) },
            "supersedes": supersedes.map { .string($0.text) },
            "to": .array(to.map { .string($0.text) }),
            "cc": .array(cc.map { .string($0.text) }),
            "desks": .array(desks.words.map { .string($0) }),
            "extracts": .array(
                orders.map { .array(([$0.recipient] + ($0.keeps ?? [])).map { .string($0) }) }
            ),
            "consent": consent?.json,
            "values": .array(
                values.sorted { $0.key.description < $1.key.description }.map { pointer, words in
                    .array([.string(pointer.description)] + words.map { .string($0) })
                }
            ),
            "copied": .array(
                copied.sorted { $0.key.description < $1.key.description }.map { pointer, day in
                    [.string(pointer.description), .string(day.description)]
                }
            ),
            "writer": writer.map {
                [
                    "account": .string($0.account.text), "session": .string($0.session.text),
                    "name": .string($0.name),
                ]
            },
        ]
    }

    init(reading bytes: [UInt8]) throws(DecodingRefusal) {
        var reader = try ObjectReader(try JSON(canonical: bytes))
        type = try reader.value("sheetType", SheetType.init)
        sheetID = try reader.value("sheetId", SheetID.init(_:))
        threadID = try reader.value("threadId", ThreadID.init(_:))
        inReplyTo = try reader.optionalValue("inReplyTo", SheetID.init(_:))
        supersedes = try reader.optionalValue("supersedes", SheetID.init(_:))
        to = try reader.array("to").compactMap(\.string).compactMap { MemberID($0) }
        cc = try reader.array("cc").compactMap(\.string).compactMap { MemberID($0) }
        desks = Self.desks(try reader.optionalArray("desks").compactMap(\.string))
        for row in try reader.optionalArray("extracts") {
            let words = (row.array ?? []).compactMap(\.string)
            guard let member = words.first.flatMap({ MemberID($0) }), words.count > 1 else {
                throw reader.refusal(.badForm, "extracts")
            }
            extracts[member] = Array(words.dropFirst())
        }
        consent = try reader.optionalValue("consent", ConsentChoice.init)
        for row in try reader.array("values") {
            let words = (row.array ?? []).compactMap(\.string)
            guard let pointer = words.first.flatMap({ JSONPointer($0) }) else {
                throw reader.refusal(.badForm, "values")
            }
            values[pointer] = Array(words.dropFirst())
        }
        for row in try reader.array("copied") {
            let words = (row.array ?? []).compactMap(\.string)
            guard words.count == 2, let pointer = JSONPointer(words[0]), let day = Day(words[1])
            else { throw reader.refusal(.badForm, "copied") }
            copied[pointer] = day
        }
        if reader.optional("writer") != nil {
            var row = try reader.object("writer")
            writer = Writer(
                account: try row.value("account", AccountID.init(_:)),
                session: try row.value("session", SessionID.init(_:)),
                name: try row.text("name")
            )
            try row.finish()
        }
        try reader.finish()
    }
}

extension Draft {
    /// In the order of the members' numbers.
    var orders: [ExtractOrder] {
        extracts.sorted { $0.key.text < $1.key.text }
            .map { ExtractOrder(for: $0.key.text, keeps: $0.value) }
    }

    /// Desks from the words of a form: the member, a slash, the desk. Empty: none is named.
    static func desks(_ words: [String]) -> [MemberID: DeskID] {
        var named: [MemberID: DeskID] = [:]
        for word in words {
            let parts = word.split(separator: "/", maxSplits: 1).map(String.init)
            guard parts.count == 2, let member = MemberID(parts[0]), let desk = DeskID(parts[1])
            else { continue }
            named[member] = desk
        }
        return named
    }
}

extension Draft.ConsentChoice {
    /// As the field of the form has it.
    var text: String {
        switch self {
        case .record(let id): "record:" + id.text
        case .notice(let version): "notice:" + version
        }
    }

    init?(_ text: String) {
        if text.hasPrefix("notice:") {
            self = .notice(String(text.dropFirst(7)))
        } else if text.hasPrefix("record:"), let id = ConsentRecordID(String(text.dropFirst(7))) {
            self = .record(id)
        } else {
            return nil
        }
    }

    fileprivate var json: JSON { .string(text) }
}
