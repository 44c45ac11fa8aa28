import Consent
import Cryptography
import Gateway
import HTTP
import Primitives
import Sheets
import Staff
import Storage

/// A draft on somebody's desk: what is stored, and what becomes of it when a page is posted.
struct DraftDesk: Sendable {
    let visit: Visit
    let id: MessageID
    private(set) var revision: Int64
    private(set) var savedAt: Timestamp
    var draft: Draft
    /// Of the person of the draft, and the one that is chosen.
    private(set) var consents: [ConsentRecord] = []
    private(set) var chosenConsent: ConsentRecord?
    /// 添付.
    let files: DraftFiles
    /// What a writer fills in.
    let form: FormField
    let steps: [DraftStep]
    /// That of the page.
    var step: DraftStep

    /// nil for a draft that is no more.
    init?(_ visit: Visit, _ captures: Captures) async throws(PageRefusal) {
        guard let id = MessageID(captures.text("draft")) else { throw .notFound }
        let stored: OrganisationGateway.StoredDraft
        do throws(GatewayError) { stored = try await visit.gateway.draft(id) } catch .notFound {
            return nil
        } catch { throw .gateway(error) }
        let draft = try Draft(stored: stored)
        let (catalogue, today) = (visit.catalogue, visit.today)
        guard let form = SheetMaker.form(of: draft.type, catalogue, on: today) else {
            throw .notFound
        }
        self.visit = visit
        self.id = id
        revision = stored.revision
        savedAt = stored.savedAt
        self.draft = draft
        self.form = form
        files = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.files(of: id)
        }
        let steps = DraftStep.steps(of: form, catalogue.sections(of: draft.type, on: today))
        self.steps = steps
        if visit.request.method == .post {
            step = steps.named(visit.form["step"]) ?? .none
        } else {
            step = steps.named(visit.request.query("step")) ?? steps[0]
        }
        try await findConsents()
        guard visit.request.method == .get else { return }
        try await noteReading()
    }

    /// Whom the draft is about; nil before a name was typed.
    var patient: PatientReference? {
        let typed = DraftReading(form: form).json(draft)
        return PatientReference(ofPatient: typed?["patient"])
    }

    private mutating func findConsents() async throws(PageRefusal) {
        let person = patient
        consents = try await visit.ask { gateway throws(GatewayError) in
            guard let person else { return [] }
            return try await gateway.consents(of: person)
        }
        guard case .record(let id)? = draft.consent else { return chosenConsent = nil }
        chosenConsent = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.consentRecord(id)
        }
    }

    /// What a colleague has typed is read as a sheet is: it is on record before it is shown.
    func noteReading() async throws(PageRefusal) {
        guard let writer = draft.writer, writer.account != visit.session.account else { return }
        let name = draft.values[JSONPointer(tokens: ["patient", "fullName"])]?.first ?? ""
        // It may be anything yet; what no name can be is about nobody.
        let patient = name.isPersonName ? name : nil
        let born = draft.values[JSONPointer(tokens: ["patient", "birthDate"])]?.first
        let birthDate = born.flatMap { TypedDay($0)?.day }
        let (id, agent) = (id, visit.agent)
        try await visit.ask { gateway throws(GatewayError) in
            try await gateway.noteReading(
                draft: id,
                about: patient,
                bornOn: birthDate,
                by: agent
            )
        }
    }

    /// Whether the chosen consent is about somebody else.
    var hasForeignConsent: Bool {
        guard let chosenConsent, let patient else { return false }
        return !chosenConsent.patient.isSame(as: patient)
    }

    var sheet: [UInt8] {
        SheetMaker(visit: visit, draft: draft, consent: chosenConsent, files: files).bytes
    }
    /// Of what the check shows: the sheet, the desks that it is for, and who gets what part of it.
    var shownSha256: Digest {
        let words = draft.desks.words + draft.orders.map(\.text)
        return SHA256.hash(SHA256.hash(sheet).bytes + words.joined(separator: " ").bytes)
    }

    /// Under which the sending is known: the same draft is never sent twice.
    var key: String { Self.key(of: id.text) }
    static func key(of draft: String) -> String { "draft-" + draft }

    var path: String { visit.path("/drafts/\(id)") }
    /// The page of a step.
    func path(of step: DraftStep) -> String {
        if step.hasFilesAlone { return "\(path)/attachments" }
        return steps.count == 1 ? path : "\(path)?step=\(step.id)"
    }

    /// Takes the fields of the step that was posted; the others stay.
    mutating func take(_ posted: PostedForm) {
        let before = draft
        let typed = DraftReading(form: form.with(.group(step.parts))).values(posted)
        draft.values = draft.values.filter { !step.covers($0.key) }.merging(typed) { $1 }
        if step.asksRecipients, draft.inReplyTo == nil {
            draft.to = posted.all("to").compactMap { MemberID($0) }
            draft.cc = posted.all("cc").compactMap { MemberID($0) }
                .filter { !draft.to.contains($0) }
            draft.desks = Draft.desks(posted.all("desk"))
                .filter { draft.to.contains($0.key) || draft.cc.contains($0.key) }
            draft.extracts = draft.extracts
                .filter { draft.to.contains($0.key) || draft.cc.contains($0.key) }
            let names = [before.to.first, draft.to.first].map { $0.map(visit.name(of:)) }
            draft.nameRecipient(form, from: names[0], to: names[1])
        }
        if step.asksGround {
            draft.consent = posted["consent"].flatMap { choice in
                choice.hasSameBytes(as: "notice")
                    ? .notice(posted["notice"] ?? "") : Draft.ConsentChoice(choice)
            }
        }
        DraftConflict.settle(&draft, before, posted)
        draft.noteTouched(since: before)
    }

    /// What the validator says of the draft as it is.
    func problems() async throws(PageRefusal) -> [SheetProblem] {
        let (bytes, orders) = (sheet, draft.orders)
        let found = try await visit.ask { gateway throws(GatewayError) in
            try await gateway.report(bytes, with: orders).problems
        }
        return found + foreignConsent
    }

    /// What the sheet alone cannot show.
    var foreignConsent: [SheetProblem] {
        guard hasForeignConsent else { return [] }
        let words = English.said("選ばれた同意は、この書類の利用者とは別の方のものです。この方の同意を選んでください。")
        return [
            SheetProblem(
                pointer: JSONPointer(tokens: ["consent"]),
                rule: "E-CONSENT:C-2",
                message: words
            )
        ]
    }

    /// Saves what was taken, over the revision that the page was made of.
    ///
    /// - Returns: false where somebody else has saved it meanwhile.
    mutating func save(over read: Int64?) async throws(PageRefusal) -> Bool {
        guard read == revision else { return false }
        let writer = Draft.Writer(visit.session)
        // The first save after it was begun is on record, those that follow it are not.
        let goesOn =
            visit.request.wantsJSON && revision > 1 && draft.writer?.session == writer.session
        draft.writer = writer
        let (gateway, agent) = (visit.gateway, visit.agent)
        let bytes = draft.json.canonicalBytes
        do throws(GatewayError) {
            revision =
                goesOn
                ? try await gateway.keepOn(draft: id, bytes, over: revision)
                : try await gateway.keep(draft: id, bytes, over: revision, by: agent)
        } catch .store(.conflict) { return false } catch { throw .gateway(error) }
        savedAt = visit.now
        return true
    }

    /// The page of the step.
    func writing(showsProblems: Bool = false) async throws(PageRefusal) -> HTML {
        let needsReport = showsProblems || steps.count > 1
        let asksPerson = step.parts.contains { $0.name.hasSameBytes(as: "patient") }
        let page = DraftPage(
            desk: self,
            problems: needsReport ? try await problems() : [],
            showsProblems: showsProblems
        )
        return page.html(asksPerson ? try await EarlierPeople(visit) : nil)
    }
}

extension Draft.Writer {
    init(_ session: StaffSession) {
        self.init(account: session.account, session: session.id, name: session.displayName)
    }
}

extension [DraftStep] {
    func named(_ id: String?) -> DraftStep? {
        id.flatMap { id in first { $0.id.hasSameBytes(as: id) } }
    }
}

extension Draft {
    init(stored: OrganisationGateway.StoredDraft) throws(PageRefusal) {
        let bytes = stored.bytes
        self = try wrap({ PageRefusal.gateway(.malformed($0)) }) { () throws(DecodingRefusal) in
            try Draft(reading: bytes)
        }
    }
}
