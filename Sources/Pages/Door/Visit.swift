import Audit
import Delivery
import Directory
import Gateway
import HTTP
import Paper
import Primitives
import Sheets
import Staff

/// One request of a person who is signed in.
struct Visit: Sendable {
    let request: Request
    let office: Office
    let session: StaffSession
    let sessionToken: SessionToken
    /// What was posted; empty for a GET.
    let form: PostedForm
    let parts: PagesParts
    /// The person as one who reads: whose sheets they may see.
    let reader: SheetReader
    /// How many sheets nobody has opened; nil for whoever reads none.
    var unopened: Int?
    /// What is gone since an older copy of the disk was put back, while people are told so.
    var restoration: Restoration?

    var gateway: OrganisationGateway { office.gateway }
    var catalogue: SheetCatalogue { office.gateway.catalogue }
    var now: Timestamp { parts.time.now }
    var today: Day { now.dayInJapan }
    var endOfToday: Timestamp { Timestamp(startOfDayInJapan: today.adding(days: 1)) }

    /// A path below the organisation's.
    func path(_ rest: String) -> String {
        // The server takes no path that ends in a slash.
        "/o/\(gateway.member.text)" + (rest.hasSameBytes(as: "/") ? "" : rest)
    }

    /// What every form carries (CSRF).
    var token: HTML {
        "<input type=\"hidden\" name=\"token\" value=\"\(session.formToken.text)\">"
    }

    /// What a form carries that makes something new: a second press of its button makes nothing.
    var onceToken: HTML {
        let once = Base64.encode(parts.random.bytes(16))
        return "\(token)<input type=\"hidden\" name=\"once\" value=\"\(once)\">"
    }

    /// The same visit with what is unopened now.
    func counted() async -> Visit {
        guard session.may(.readSheets), !request.wantsJSON else { return self }
        var visit = self
        // A page is shown all the same.
        do throws(GatewayError) {
            visit.unopened = try await gateway.unopened(within: ownDesks)
            visit.restoration = try await gateway.restoration()
        } catch {
            visit.unopened = nil
        }
        return visit
    }

    /// What everybody here must know, most pressing first.
    var banners: HTML {
        let link = gateway.exchangeLink
        let cut = link.failingSince.map { since -> HTML in
            """
            交換所と通信できません（\(TimeWords.short(since)) から）。送信は自動で再開します。\
            急ぐときは電話と紙で知らせてください。
            """
        }
        let test: HTML? =
            gateway.settings.isTestExchange ? "練習用の交換所です。実在の方の情報を入力しないでください。" : nil
        let lines = [test, cut, restored].compactMap(\.self)
        guard !lines.isEmpty else { return .nothing }
        return """
            <div class="banner" role="region" aria-label="お知らせ">\
            \(lines.map { "<p>\($0)</p>" as HTML })</div>
            """
    }

    /// For two weeks after an older copy of the disk was put back.
    private var restored: HTML? {
        guard let restoration, now.since(restoration.recoveredAt) < .days(14) else { return nil }
        let from = restoration.backupAt.map(TimeWords.short) ?? "?"
        let until = TimeWords.short(restoration.recoveredAt)
        return """
            復元しました。\(from) から \(until) までの\
            下書き・同意・設定・職員の変更は失われました。\
            届いた文書のうち \(restoration.lost) 件は戻りません。\
            送った文書のうち \(restoration.uncopied) 件は控えがありません。\
            送信待ちの文書は、すでに送ったか取り消したかを確かめてから書き直してください。
            """
    }

    /// Across every printed page.
    var watermark: String? { gateway.settings.isTestExchange ? "練習" : nil }

    /// The label of a code, or the code itself.
    func label(_ code: String?, _ list: String) -> String {
        guard let code else { return "" }
        return catalogue.label(code, in: list) ?? code
    }

    func name(of member: MemberID) -> String {
        gateway.view.membership(of: member)?.profile.displayName ?? member.text
    }

    func name(of type: SheetType?) -> String {
        type.map { catalogue.label(of: $0) ?? $0.text } ?? English.said("（開けない書類）")
    }

    var agent: Agent { session.agent }

    /// - Throws: `staff(.rightMissing)`; the refusal is on record.
    func demand(_ right: StaffRight) async throws(PageRefusal) {
        try await wrap(PageRefusal.staff) { () async throws(StaffRefusal) in
            try await office.staff.demand(right, of: session)
        }
    }

    /// Asks the gateway; what it refuses becomes a page.
    func ask<Answer: Sendable>(
        _ body: (OrganisationGateway) async throws(GatewayError) -> Answer
    ) async throws(PageRefusal) -> Answer {
        let gateway = gateway
        return try await wrap(PageRefusal.gateway) { () async throws(GatewayError) in
            try await body(gateway)
        }
    }
}

/// Why a page is not shown, or an act is not done.
enum PageRefusal: Error {
    case notFound
    /// The form comes from another site.
    case foreign
    /// The sheet is for a desk that the person does not work at.
    case otherDesk(OtherDesk)
    /// Somebody would be given a sheet that they may not open.
    case notTheirDesk(name: String, desk: String)
    case staff(StaffRefusal)
    case paper(PaperRefusal)
    case gateway(GatewayError)
    case http(HTTPFailure)
}

extension Visit {
    /// The kind of the own organisation.
    var ownType: String? {
        gateway.view.member(gateway.member)?.membership.profile.organisationType.text
    }
}

extension WhoMustAct {
    var words: String { English.said(own) }

    private var own: String {
        switch self {
        case .sender: "送った側"
        case .recipient: "受け取る側"
        case .operator: "運営者"
        case .nobody: "不要"
        }
    }
}

extension Visit {
    /// This page, for a form that comes back to it; what was posted is not asked for again.
    var here: String { request.address ?? path("/") }

    /// A page of this organisation, whatever a form says.
    func way(back: String?) -> String { office.way(back: back) }

    /// Kept for the person; anything but a size changes nothing.
    func setTextSize(_ text: String?) async throws(PageRefusal) {
        guard let size = text.flatMap(Account.TextSize.init(rawValue:)) else { return }
        var preferences = session.preferences
        preferences.textSize = size
        let chosen = preferences
        try await wrap(PageRefusal.staff) { () async throws(StaffRefusal) in
            try await office.staff.setPreferences(chosen, of: session)
        }
    }
}

extension Request {
    /// What a browser shows in its address line; nil for a post.
    var address: String? {
        guard method == .get else { return nil }
        let pairs = query.map { "\($0.name)=\(PostedForm.encoded($0.value))" }.joined(
            separator: "&"
        )
        return "/" + path.joined(separator: "/") + (pairs.isEmpty ? "" : "?" + pairs)
    }

    /// The page that a form was posted to, as one asks for it.
    var ownPath: String { "/" + path.joined(separator: "/") }

    /// Whether the script asks, which takes a short answer.
    var wantsJSON: Bool { fields["accept"]?.hasPrefix("application/json") ?? false }
}

extension Office {
    /// A page of this organisation, whatever a form or an address says.
    func way(back: String?) -> String {
        let home = "/o/\(gateway.member.text)"
        guard let back, back.hasPrefix(home + "/") else { return home }
        // A dot or an empty name would lead out of the organisation; in a query they lead nowhere.
        let parts = back.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let isPath = !parts[0].contains("//") && parts[0].utf8.allSatisfy { Self.isPlain($0, "/-") }
        let isQuery = parts.dropFirst().allSatisfy { query in
            query.utf8.allSatisfy { Self.isPlain($0, "/-?=&%.") }
        }
        return isPath && isQuery ? back : home
    }

    private static func isPlain(_ byte: UInt8, _ signs: String) -> Bool {
        Character(UnicodeScalar(byte)).isLetter && byte < 0x80
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || signs.utf8.contains(byte)
    }
}
