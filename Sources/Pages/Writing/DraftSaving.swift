import Delivery
import Gateway
import HTTP
import Primitives
import Sheets
import Staff
import Storage

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
        let word = visit.form["next"] ?? visit.form["go"] ?? "save"
        if word.hasSameBytes(as: "unchanged") { desk.draft.confirmCopied(desk.step.covers) }
        guard try await desk.save(over: visit.postedRevision) else {
            guard !visit.request.wantsJSON else { return .json([:], status: 409) }
            return try await conflict(visit, captures, word)
        }
        return visit.request.wantsJSON ? desk.savedAnswer : try await go(word, desk)
    }

    private static func go(
        _ word: String,
        _ desk: DraftDesk
    ) async throws(PageRefusal) -> Response {
        let visit = desk.visit
        let here = desk.path(of: desk.step)
        switch word {
        case "check", "discard", "attachments": return .seeOther("\(desk.path)/\(word)")
        case "copy": return try await copy(desk)
        case "lock": return try await LockPages.lock(visit, backTo: here)
        case "signout": return try await LockPages.signOut(visit)
        case "/consents": return .seeOther(visit.path("/consents?draft=\(desk.id)"))
        case _ where word.hasPrefix("/"): return .seeOther(visit.way(back: visit.path(word)))
        case _ where word.hasPrefix("step:"):
            let next = desk.steps.named(String(word.dropFirst(5))) ?? desk.step
            return .seeOther(desk.path(of: next))
        default:
            try await visit.setTextSize(word)
            return .seeOther(here)
        }
    }

    /// Both versions, as they are now; nothing is asked where they are the same.
    private static func conflict(
        _ visit: Visit,
        _ captures: Captures,
        _ word: String
    ) async throws(PageRefusal) -> Response {
        guard var desk = try await DraftDesk(visit, captures) else { return gone(visit) }
        try await desk.noteReading()
        let theirs = desk.draft
        desk.take(visit.form)
        guard let page = DraftConflict(theirs: theirs, mine: desk).html else {
            return try await go(word, desk)
        }
        return .page(page, status: 409)
    }

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
            return .seeOther(LockPages.path(visit.office, backTo: desk.path(of: desk.step)))
        }
        guard !visit.request.wantsJSON else { return .json([:], status: 409) }
        let apart = try await DraftPages.keep(desk.draft.apart(visit.parts.random), visit)
        return .seeOther(LockPages.path(visit.office, backTo: visit.path("/drafts/\(apart)")))
    }

    /// Somebody else has sent or discarded what this person goes on writing: nothing typed is lost.
    static func gone(_ visit: Visit) -> Response {
        guard !visit.request.wantsJSON else { return .json([:], status: 409) }
        let typed = TypedText(visit.form, visit.catalogue, on: visit.today)
        let body: HTML = """
            <p class="problem">この下書きは、ほかの画面または職員が送信したか、破棄しました。\
            あなたの入力は保存も送信もされていません。必要なら下から写してください。</p>
            <p><a class="button" href="\(visit.path("/outbox"))">送信箱を見る</a></p>\(typed.html)
            """
        let frame = PageFrame(title: "保存できませんでした", isRefused: true)
        guard !visit.session.isLocked else {
            return .page(frame.plain(body, visit.office.name), status: 409)
        }
        return .page(frame.page(body, for: visit, at: .new), status: 409)
    }

    /// 前回から写す: what earlier sheets say of a person, which are thereby read and on record.
    private static func copy(_ saved: DraftDesk) async throws(PageRefusal) -> Response {
        let visit = saved.visit
        var desk = saved
        try await visit.demand(.readSheets)
        guard let message = visit.form["earlier"].flatMap({ MessageID($0) }),
            let chosen = try await EarlierPeople(visit).chosen(message, for: desk.draft.type)
        else { throw .notFound }
        // The sheet of the same type says most; the newest one knows the person best.
        let person = try await read(chosen.person.message, visit)
        desk.draft.copy("patient", of: person, into: desk.form)
        if let same = chosen.same {
            let isOne = same.message == chosen.person.message
            let sheet = isOne ? person : try await read(same.message, visit)
            desk.draft.copy("body", of: sheet, into: desk.form)
        }
        guard try await desk.save(over: desk.revision) else {
            throw .gateway(.store(.conflict(nil)))
        }
        return .seeOther(desk.path(of: desk.step))
    }

    private static func read(
        _ message: MessageID,
        _ visit: Visit
    ) async throws(PageRefusal) -> Sheet {
        try await visit.read(try await visit.permit(of: message.text))
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
