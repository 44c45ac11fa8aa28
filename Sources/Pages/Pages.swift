// Pages: the web pages that a gateway serves to the people of its organisations.
//
// Server-made HTML, one style sheet; everything is links and forms and works without the one
// script, which only adds. The pages call the same acts of `Gateway` as the command line and decide
// nothing themselves. What shows a sheet has its entry in the access log before a byte of it leaves
// (P10).
//
// It refuses: a post without the session's token or from another site, a page whose right the
// person lacks, a form that is no strict `application/x-www-form-urlencoded` (or, where a file is
// attached, `multipart/form-data`), a file that is not what its name says. No personal datum
// stands in a path, a title, a cookie or a log (P8): searches by name are posts.
//
// Made by `renkei`, which puts `PageHandler` behind a listener. Faults become pages in Japanese
// that say what to do; `say` finds the words of an error by its code.

import Directory
package import Gateway
package import HTTP
package import Paper
package import Primitives
package import Staff

/// The handler of all pages.
package struct PageHandler: Handler {
    let router: Router
    private let english: English?

    package init(_ parts: PagesParts) {
        english = parts.english
        let door = Door(parts)
        var router = Router { door.refusal(of: $0, trace: $1) }
        router.on(.get, "/", .open) { _, _ throws(HTTPFailure) in try door.hall() }
        router.on(.get, Assets.stylePath, .open) { _, _ in
            .asset(Style.text, type: "text/css; charset=utf-8")
        }
        router.on(.get, Assets.scriptPath, .open) { _, _ in
            .asset(Script.text, type: "text/javascript; charset=utf-8")
        }
        SignIn.add(to: &router, door)
        Today.add(to: &router, door)
        MorningPage.add(to: &router, door)
        InboxPages.add(to: &router, door)
        SheetPages.add(to: &router, door)
        AssignPages.add(to: &router, door)
        EmergencyPages.add(to: &router, door)
        ReviewPages.add(to: &router, door)
        NewPages.add(to: &router, door)
        DraftPages.add(to: &router, door)
        AttachmentPages.add(to: &router, door)
        ExtractPages.add(to: &router, door)
        OutboxPages.add(to: &router, door)
        SentPages.add(to: &router, door)
        AgainPages.add(to: &router, door)
        PrintPages.add(to: &router, door)
        PaperPages.add(to: &router, door)
        PeoplePages.add(to: &router, door)
        DifferencePages.add(to: &router, door)
        ProvisionPages.add(to: &router, door)
        DisclosurePages.add(to: &router, door)
        ConsentPages.add(to: &router, door)
        DirectoryPages.add(to: &router, door)
        AuditPages.add(to: &router, door)
        UnusualPages.add(to: &router, door)
        QuestionPages.add(to: &router, door)
        InspectionPages.add(to: &router, door)
        StaffPages.add(to: &router, door)
        StatusPage.add(to: &router, door)
        DayPages.add(to: &router, door)
        StaffSessions.add(to: &router, door)
        StaffDesks.add(to: &router, door)
        StaffRoles.add(to: &router, door)
        OwnPages.add(to: &router, door)
        Unopened.add(to: &router, door)
        door.closeOff(&router)
        self.router = router
    }

    package func plan(
        for head: RequestHead,
        identity: PeerIdentity?
    ) throws(HTTPFailure) -> RouteOptions {
        try router.plan(for: head, identity: identity)
    }

    package func respond(to request: Request) async -> Response {
        if let chosen = Language.chosen(by: request) { return chosen }
        let english = Language.isEnglish(request) ? english : nil
        return await English.$spoken.withValue(english) { await router.respond(to: request) }
    }

    package func refusal(of failure: HTTPFailure, trace: String) -> Response {
        router.refusal(of: failure, trace: trace)
    }
}

/// What the pages are made of.
package struct PagesParts: Sendable {
    package let offices: [MemberID: Office]
    package let time: any TimeSource
    package let random: any RandomSource
    let heads = HeadMemory()
    let people = PeopleIndex()
    let once = OncePosts()
    /// Summary and advice of an error, in Japanese.
    package let say: @Sendable (any Explained) -> (summary: String, advice: String)
    /// The same of a stored code, in one text.
    package let sayCode: @Sendable (String) -> String
    /// How the keys stand: the whole in a sentence, then each of them.
    package var sayKeys: @Sendable (KeyReport) -> [String] = { (_: KeyReport) in [] }
    /// Draws pages, in a process of its own.
    package var press: @Sendable (PaperJob) async throws(PaperRefusal) -> [UInt8] = {
        (_: PaperJob) async throws(PaperRefusal) -> [UInt8] in throw .workerEnded
    }

    /// For those who chose English; nil: the pages are Japanese for everybody.
    package var english: English?
    /// Which characters no font draws.
    package var undrawn: @Sendable ([String]) async throws(PaperRefusal) -> [String] = {
        (_: [String]) async throws(PaperRefusal) -> [String] in throw .workerEnded
    }

    package init(
        offices: [MemberID: Office],
        seams: (time: any TimeSource, random: any RandomSource),
        say: @escaping @Sendable (any Explained) -> (summary: String, advice: String),
        sayCode: @escaping @Sendable (String) -> String
    ) {
        self.offices = offices
        time = seams.time
        random = seams.random
        self.say = say
        self.sayCode = sayCode
    }
}

/// An organisation whose people come to the pages.
package struct Office: Sendable {
    package let gateway: OrganisationGateway
    package let staff: StaffDesk

    package init(_ gateway: OrganisationGateway, staff: StaffDesk) {
        self.gateway = gateway
        self.staff = staff
    }

    var name: String {
        gateway.view.member(gateway.member)?.membership.profile.displayName
            ?? gateway.member.text
    }
}

extension RouteOptions {
    /// A page that anybody may ask for; whoever must be signed in is seen to at the door.
    static let open = RouteOptions(requiresIdentity: false)
    /// A form that is posted.
    static let form = RouteOptions(
        bodyLimit: PostedForm.maximumBytes,
        mediaTypes: [PostedForm.mediaType],
        requiresIdentity: false
    )
    /// A form with a file.
    static let file = RouteOptions(
        bodyLimit: Limits.attachedFormBytes,
        mediaTypes: [MultipartReader.mediaType],
        requiresIdentity: false
    )
}
