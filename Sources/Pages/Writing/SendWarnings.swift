import Consent
import Delivery
import Directory
import Gateway
import Japanese
import Paper
import Primitives
import Sheets
import Storage

/// What somebody should look at before a sheet goes. None of it stops a sheet.
struct SendWarnings: Sendable {
    /// A sheet that this one may repeat.
    let earlier: OrganisationGateway.EarlierSheet?
    /// Members that nothing was ever sent to.
    private let strangers: [MemberID]
    /// Characters that no font draws; nil: nobody could tell.
    private let undrawn: Set<String>?
    private let visit: Visit
    private let desk: DraftDesk
    private let sheet: Sheet

    init(_ desk: DraftDesk, _ sheet: Sheet) async throws(PageRefusal) {
        self.desk = desk
        self.sheet = sheet
        let visit = desk.visit
        self.visit = visit
        earlier = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.earlier(than: sheet, to: desk.draft.to + desk.draft.cc)
        }
        var strangers: [MemberID] = []
        for member in desk.draft.to + desk.draft.cc {
            let isKnown = try await visit.ask { gateway throws(GatewayError) in
                try await gateway.hasWritten(to: member)
            }
            if !isKnown { strangers.append(member) }
        }
        self.strangers = strangers
        undrawn = await Self.undrawn(desk)
    }

    /// Of what was typed. That it cannot be told is no reason to refuse a sheet.
    private static func undrawn(_ desk: DraftDesk) async -> Set<String>? {
        let typed = desk.draft.values.values.joined().joined()
        let rare = Set(typed).filter { !$0.unicodeScalars.allSatisfy(isCommon) }
        guard !rare.isEmpty else { return [] }
        do throws(PaperRefusal) {
            return Set(try await desk.visit.parts.undrawn(rare.map { String($0) }.sorted()))
        } catch { return nil }
    }

    /// ASCII and kana, which every font has.
    private static func isCommon(_ scalar: UnicodeScalar) -> Bool {
        scalar.value < 0x7F || (0x3000...0x30FF).contains(scalar.value)
    }

    // MARK: Words

    /// Each a line.
    var lines: [HTML] { first + closed + unprinted + replaced }

    private var first: [HTML] {
        strangers.map { member in
            let number =
                visit.gateway.view.membership(of: member)?.profile.officeNumbers.first?.value
            let end: HTML =
                number.map {
                    "事業所番号の末尾は <b>\($0.suffix(4))</b> です。"
                } ?? .nothing
            return "\(visit.name(of: member)) へ送るのは初めてです。\(end)宛先を確かめてください。"
        }
    }

    private var closed: [HTML] {
        (desk.draft.to + desk.draft.cc).compactMap { member -> HTML? in
            let entry = visit.gateway.view.member(member)?.entry
            let meant = desk.draft.desks[member]
            let calendar = OfficeCalendar(of: meant, in: entry, visit.catalogue.holidays)
            guard !calendar.isOpen(at: visit.now) else { return nil }
            let opening = calendar.nextOpening(from: visit.now)
            let next: HTML = opening.map { "次に開くのは \(TimeWords.short($0)) です。" } ?? .nothing
            let telephone = visit.gateway.view.telephone(of: member, at: meant)?.text
            let name = visit.name(of: member, at: meant)
            let isUrgent = sheet.urgency != .routine
            let call: HTML =
                telephone.map { isUrgent ? "急ぎのため、電話 \($0) でも知らせてください。" : .nothing } ?? .nothing
            guard calendar.areHoursStated else {
                return """
                    \(name) の受付時間は登録されていません。\
                    いまは休みかもしれません。\(call)
                    """
            }
            return "\(name) は受付時間外です。\(next)\(call)"
        }
    }

    /// Characters that stand as a frame with a number where the sheet is printed.
    private var unprinted: [HTML] {
        guard let undrawn else {
            return ["印刷できない文字があるかどうかは、いま調べられませんでした。送ることはできます。"]
        }
        return desk.form.places(desk.draft.values).flatMap { place -> [HTML] in
            (desk.draft.values[place.pointer] ?? []).compactMap { text -> HTML? in
                let found = text.filter { undrawn.contains(String($0)) }
                guard !found.isEmpty else { return nil }
                let words = found.map { character in
                    let codes = character.unicodeScalars.map {
                        "U+" + String($0.value, radix: 16, uppercase: true)
                    }
                    return "\(character)（\(codes.joined(separator: " "))）"
                }
                return """
                    「\(place.label)」の \(words.joined(separator: "、")) は印刷では番号の枠になります。\
                    画面と書類のデータにはそのまま載ります。
                    """
            }
        }
    }

    /// Characters that record software of the older kind gets in another form.
    private var replaced: [HTML] {
        let most = 10
        var lines: [HTML] = []
        for place in desk.form.places(desk.draft.values) {
            for text in desk.draft.values[place.pointer] ?? [] {
                let changes = MS932.changes(in: text)
                guard !changes.isEmpty else { continue }
                let words = changes.map { "\($0.from) → \($0.to ?? English.said("（なし）"))" }
                lines.append(
                    """
                    「\(place.label)」の \(words.joined(separator: "、")): \
                    古い記録ソフトでは置き換わることがあります（この書類にはそのまま載ります）。
                    """
                )
            }
        }
        return Array(lines.prefix(most))
    }

    /// The earlier sheet, with the choice between the two.
    var choice: HTML {
        if desk.draft.supersedes != nil {
            return """
                <div class="note"><p>前に送った書類の訂正版として送ります。相手には前の書類が旧版と示されます。</p>
                <form method="post" action="\(desk.path)/correct">\(visit.token)
                <p><button>訂正版にせず、別件にする</button></p></form></div>
                """
        }
        guard let earlier else { return .nothing }
        let at = TimeWords.short(earlier.at)
        guard !earlier.isPaper else {
            return """
                <div class="problem"><p>同じ方の同じ書類を、同じ宛先に \(at) に紙で送ることにしています。\
                <a href="\(visit.path("/paper/\(earlier.message)"))">前の書類を見る</a></p>
                <p>紙で送った書類の訂正版は作れません。別件なら、下の「別件として送る」を押してください。</p></div>
                """
        }
        return """
            <div class="problem"><p>同じ方の同じ書類を、同じ宛先に \(at) に送っています。\
            <a href="\(visit.path("/sent/\(earlier.message)"))">前の書類を見る</a></p>
            <form method="post" action="\(desk.path)/correct">\(visit.token)
            <input type="hidden" name="message" value="\(earlier.message.text)">
            <p class="row"><button>訂正版にする</button>
            <span>訂正版にすると、前の書類は旧版になります。別件なら、下の「別件として送る」を押してください。</span></p>
            </form></div>
            """
    }

    /// What the buttons that send say, electronically and on paper.
    var sendWord: String { earlier == nil ? "送信する" : "別件として送る" }
    var paperWord: String { earlier == nil ? "紙で送る" : "別件として紙で送る" }
}
