import HTTP
import Primitives
import Staff

/// Saving a draft: by its buttons, by the script while somebody writes, and behind a locked screen.
enum DraftSaving {
    static func add(to router: inout Router, _ door: Door) {
        door.post("/drafts/{draft}", to: &router, behindLock: keep, save)
    }

    /// Saves whatever was typed, then goes where the button says.
    private static func save(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await visit.demand(.draft)
        guard var desk = try await DraftDesk(visit, captures) else { return gone(visit) }
        desk.take(visit.form)
        guard try await desk.save(over: visit.postedRevision) else {
            guard !visit.request.wantsJSON else { return .json([:], status: 409) }
            return .page(try await desk.writing(said: conflict), status: 409)
        }
        guard !visit.request.wantsJSON else { return desk.savedAnswer }
        let path = visit.path("/drafts/\(desk.id)")
        if let size = visit.form["next"].flatMap(Account.TextSize.init(rawValue:)) {
            try await visit.setTextSize(size.rawValue)
        }
        let isCheck = visit.form["next"]?.hasSameBytes(as: "check") ?? false
        return .seeOther(isCheck ? path + "/check" : path)
    }

    private static let conflict: HTML = """
        <p class="problem" role="alert">ほかの画面または職員が、この下書きを先に保存しました。\
        下に出ているのはあなたが入力した内容です。もう一度「一時保存」を押すと、こちらで上書きします。</p>
        """

    /// The screen was locked while somebody wrote: saves it, and shows the lock, from which one
    /// comes back to the draft. What another save came before of becomes a draft of its own.
    private static func keep(
        _ visit: Visit,
        _ captures: Captures
    ) async throws(PageRefusal) -> Response {
        try await wrap(PageRefusal.staff) { () async throws(StaffRefusal) in
            try await visit.office.staff.demandBehindLock(.draft, of: visit.session)
        }
        guard var desk = try await DraftDesk(visit, captures) else { return gone(visit) }
        desk.take(visit.form)
        if try await desk.save(over: visit.postedRevision) {
            guard !visit.request.wantsJSON else { return desk.savedAnswer }
            let back = visit.path("/drafts/\(desk.id)")
            return .seeOther(LockPages.path(visit.office, backTo: back))
        }
        guard !visit.request.wantsJSON else { return .json([:], status: 409) }
        let apart = try await DraftPages.keep(desk.draft.apart(visit.parts.random), visit)
        return .seeOther(LockPages.path(visit.office, backTo: visit.path("/drafts/\(apart)")))
    }

    /// Somebody else has sent or discarded what this person goes on writing: nothing typed is lost.
    private static func gone(_ visit: Visit) -> Response {
        guard !visit.request.wantsJSON else { return .json([:], status: 409) }
        let typed = visit.form.fields.filter { $0.name.hasPrefix("/") && !$0.value.isEmpty }
        let rows = typed.map { "<dt>\($0.name)</dt><dd>\(HTML.lines($0.value))</dd>" as HTML }
        let body: HTML = """
            <p class="problem">この下書きは、ほかの画面または職員が送信したか、破棄しました。\
            あなたの入力は保存も送信もされていません。必要なら下から写してください。</p>
            <p><a class="button" href="\(visit.path("/outbox"))">送信箱を見る</a></p>
            <dl>\(rows)</dl>
            """
        let frame = PageFrame(title: "保存できませんでした", isRefused: true)
        guard !visit.session.isLocked else {
            return .page(frame.plain(body, visit.office.name), status: 409)
        }
        return .page(frame.page(body, for: visit, at: .new), status: 409)
    }
}

extension DraftDesk {
    /// What the script is told of a save.
    fileprivate var savedAnswer: Response {
        .json(["revision": .integer(revision), "savedAt": .string(TimeWords.exact(savedAt))])
    }
}

extension Visit {
    /// The revision that the page of a draft was made of.
    fileprivate var postedRevision: Int64? {
        form["revision"].flatMap { Decimal.value($0.utf8) }.map { Int64($0) }
    }
}
