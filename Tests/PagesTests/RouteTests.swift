import Consent
import Cryptography
import Gateway
import HTTP
import Primitives
import Storage
import TestKit
import Testing

@testable import HTTP
@testable import Pages
@testable import Staff

/// Who may ask what: every route of the pages against every role. A new route needs a row here.
struct RouteTests {
    enum Asks: Equatable {
        /// Without signing in.
        case anybody
        /// Whoever is signed in, with any role or none.
        case everybodyHere
        case only(StaffRight)
    }

    static let table: [String: Asks] = [
        "GET /": .anybody,
        "GET \(Assets.stylePath)": .anybody,
        "GET \(Assets.scriptPath)": .anybody,
        "GET /o/{org}/signin": .anybody,
        "POST /o/{org}/signin": .anybody,
        "POST /o/{org}/signin/code": .anybody,
        "POST /o/{org}/signin/password": .anybody,
        "POST /o/{org}/signin/enrol": .anybody,
        "POST /o/{org}/signin/passkey": .anybody,
        "GET /o/{org}/locked": .anybody,
        "POST /o/{org}/locked": .anybody,
        "POST /o/{org}/locked/passkey": .anybody,
        "POST /o/{org}/lock": .everybodyHere,
        "POST /o/{org}/signout": .everybodyHere,
        "POST /o/{org}/size": .everybodyHere,
        "GET /o/{org}/me": .everybodyHere,
        "POST /o/{org}/me/password": .everybodyHere,
        "POST /o/{org}/me/codes": .everybodyHere,
        "POST /o/{org}/me/mail": .everybodyHere,
        "POST /o/{org}/me/app": .everybodyHere,
        "POST /o/{org}/me/app/code": .everybodyHere,
        "POST /o/{org}/me/sessions": .everybodyHere,
        "POST /o/{org}/me/passkeys": .everybodyHere,
        "POST /o/{org}/me/passkeys/made": .everybodyHere,
        "POST /o/{org}/me/passkeys/remove": .everybodyHere,
        "GET /o/{org}": .everybodyHere,
        "GET /o/{org}/{rest...}": .everybodyHere,
        "POST /o/{org}/{rest...}": .everybodyHere,
        "GET /o/{org}/inbox": .only(.readSheets),
        "GET /o/{org}/unopened": .only(.readSheets),
        "GET /o/{org}/outbox": .only(.readSheets),
        "GET /o/{org}/sheets/{message}": .only(.readSheets),
        "GET /o/{org}/sheets/{message}/attachments/{number}": .only(.readSheets),
        "GET /o/{org}/sheets/{message}/emergency": .only(.emergencyAccess),
        "POST /o/{org}/sheets/{message}/emergency": .only(.emergencyAccess),
        "GET /o/{org}/reviews": .only(.reviewEmergency),
        "POST /o/{org}/reviews/{review}": .only(.reviewEmergency),
        "POST /o/{org}/sheets/{message}/print": .only(.printSheets),
        "POST /o/{org}/inbox/print": .only(.printSheets),
        "POST /o/{org}/inbox/assign": .only(.assign),
        "POST /o/{org}/sheets/{message}/confirm": .only(.confirm),
        "POST /o/{org}/sheets/{message}/reply": .only(.reply),
        "GET /o/{org}/sheets/{message}/return": .only(.reply),
        "POST /o/{org}/sheets/{message}/return": .only(.reply),
        "GET /o/{org}/sent/{message}": .only(.readSheets),
        "GET /o/{org}/sent/{message}/sheet": .only(.readSheets),
        "GET /o/{org}/sent/{message}/certificate": .only(.printSheets),
        "POST /o/{org}/sent/{message}/withdraw": .only(.withdraw),
        "POST /o/{org}/sent/{message}/correct": .only(.draft),
        "POST /o/{org}/sent/{message}/again": .only(.draft),
        "GET /o/{org}/evidence/{message}": .only(.printSheets),
        "GET /o/{org}/new": .only(.draft),
        "POST /o/{org}/new": .only(.draft),
        "GET /o/{org}/drafts/{draft}": .only(.draft),
        "POST /o/{org}/drafts/{draft}": .only(.draft),
        "GET /o/{org}/drafts/{draft}/attachments": .only(.draft),
        "POST /o/{org}/drafts/{draft}/attachments": .only(.draft),
        "POST /o/{org}/drafts/{draft}/attachments/remove": .only(.draft),
        "GET /o/{org}/drafts/{draft}/check": .only(.draft),
        "GET /o/{org}/drafts/{draft}/extract": .only(.draft),
        "POST /o/{org}/drafts/{draft}/extract": .only(.draft),
        "POST /o/{org}/drafts/{draft}/send": .only(.send),
        "POST /o/{org}/drafts/{draft}/paper": .only(.send),
        "GET /o/{org}/paper": .only(.readSheets),
        "GET /o/{org}/paper/{message}": .only(.readSheets),
        "POST /o/{org}/paper/{message}/print": .only(.send),
        "POST /o/{org}/paper/{message}/sent": .only(.send),
        "POST /o/{org}/paper/{message}/acknowledged": .only(.send),
        "POST /o/{org}/drafts/{draft}/correct": .only(.draft),
        "GET /o/{org}/drafts/{draft}/discard": .only(.draft),
        "POST /o/{org}/drafts/{draft}/discard": .only(.draft),
        "GET /o/{org}/templates": .only(.manageTemplates),
        "POST /o/{org}/templates": .only(.manageTemplates),
        "GET /o/{org}/figures/emergencies": .only(.reviewEmergency),
        "POST /o/{org}/figures/emergencies": .only(.reviewEmergency),
        "GET /o/{org}/consents": .only(.recordConsent),
        "POST /o/{org}/consents": .only(.recordConsent),
        "GET /o/{org}/consents/{record}/withdraw": .only(.withdrawConsent),
        "POST /o/{org}/consents/{record}/withdraw": .only(.withdrawConsent),
        "POST /o/{org}/consents/{record}/tell": .only(.withdrawConsent),
        "GET /o/{org}/directory": .everybodyHere,
        "POST /o/{org}/directory": .everybodyHere,
        "GET /o/{org}/audit": .only(.seeAllEntries),
        "POST /o/{org}/audit": .only(.seeAllEntries),
        "POST /o/{org}/audit/check": .only(.seeAllEntries),
        "GET /o/{org}/audit/questions": .only(.seeAllEntries),
        "POST /o/{org}/audit/questions": .only(.seeAllEntries),
        "GET /o/{org}/audit/inspection": .only(.seeAllEntries),
        "POST /o/{org}/audit/inspection": .only(.seeAllEntries),
        "GET /o/{org}/audit/unusual": .only(.seeAllEntries),
        "GET /o/{org}/audit/unusual/{finding}": .only(.seeAllEntries),
        "POST /o/{org}/audit/unusual/{finding}": .only(.seeAllEntries),
        "GET /o/{org}/morning": .only(.readSheets),
        "GET /o/{org}/people": .only(.readSheets),
        "POST /o/{org}/people": .only(.readSheets),
        "GET /o/{org}/people/{message}": .only(.readSheets),
        "GET /o/{org}/people/{message}/difference": .only(.readSheets),
        "GET /o/{org}/people/{message}/record": .only(.printSheets),
        "POST /o/{org}/people/{message}/record": .only(.printSheets),
        "GET /o/{org}/people/{message}/disclosure": .only(.disclose),
        "POST /o/{org}/people/{message}/disclosure": .only(.disclose),
        "GET /o/{org}/people/{message}/disclosure/{request}": .only(.disclose),
        "POST /o/{org}/people/{message}/disclosure/{request}/release": .only(.releaseHeldBack),
        "POST /o/{org}/people/{message}/disclosure/{request}/copy": .only(.disclose),
        "GET /o/{org}/status": .only(.seeStatus),
        "GET /o/{org}/days": .only(.seeStatus),
        "POST /o/{org}/days": .only(.seeStatus),
        "GET /o/{org}/staff": .only(.manageStaff),
        "POST /o/{org}/staff": .only(.manageStaff),
        "POST /o/{org}/staff/{account}": .only(.manageStaff),
        "GET /o/{org}/staff/{account}/desks": .only(.manageStaff),
        "POST /o/{org}/staff/{account}/desks": .only(.manageStaff),
        "GET /o/{org}/staff/{account}/roles": .only(.manageStaff),
        "POST /o/{org}/staff/{account}/roles": .only(.manageStaff),
        "GET /o/{org}/staff/{account}/sessions": .only(.manageStaff),
        "POST /o/{org}/staff/{account}/sessions": .only(.manageStaff),
    ]

    /// The rights of the roles as the pages promise them; the table of the product, once more.
    static let may: [StaffRight: Set<StaffRole>] = [
        .draft: [.author, .sender, .deskLead],
        .send: [.sender, .deskLead],
        .reply: [.sender, .deskLead],
        .withdraw: [.sender, .deskLead],
        .readSheets: [.author, .sender, .reader, .deskLead],
        .printSheets: [.author, .sender, .reader, .deskLead],
        .confirm: [.author, .sender, .deskLead],
        .emergencyAccess: [.sender, .reader, .deskLead],
        .reviewEmergency: [.deskLead],
        .assign: [.deskLead],
        .setDeskHours: [.deskLead],
        .recordConsent: [.author, .sender, .deskLead],
        .withdrawConsent: [.sender, .deskLead],
        .disclose: [.sender, .deskLead],
        .releaseHeldBack: [.deskLead],
        .manageStaff: [.administrator],
        .manageKeys: [.administrator],
        .manageTemplates: [.administrator],
        .seeOwnEntries: [.author, .sender, .reader],
        .seeDeskEntries: [.deskLead],
        .seeStaffEntries: [.administrator],
        .seeAllEntries: [.auditor],
        .seeStatus: [.administrator, .auditor, .operator],
    ]

    @Test func `every route has its row, and every right its roles`() async throws {
        let town = try await PagesTown.make([.careOffice])
        let routes = Set(town.pages.router.templates)
        #expect(routes.subtracting(Self.table.keys) == [], "routes without a row")
        #expect(Set(Self.table.keys).subtracting(routes) == [], "rows without a route")
        for right in StaffRight.allCases {
            #expect(Set(right.roles) == Self.may[right], "\(right)")
        }
    }

    static let people: [StaffRole?] = StaffRole.allCases + [nil]

    /// Whoever may not is refused before anything is looked up, and told who may.
    @Test(arguments: people)
    func `each role does what it may and nothing else`(role: StaffRole?) async throws {
        let town = try await PagesTown.make([.careOffice])
        let clerk = try await town.clerk("haruka", Set([role].compactMap(\.self)))
        let token = try #require(clerk.token)
        for (route, asks) in Self.table.sorted(by: { $0.key < $1.key }) where asks != .anybody {
            guard !Self.endings.contains(route) else { continue }
            let (method, path) = try Self.filled(route, town)
            let fields = method == .post ? [("token", token)] : nil
            let response = await clerk.respond(method, path, fields)
            let text = response.text
            guard case .only(let right) = asks, let roles = Self.may[right] else {
                #expect(response.status != 403 && !response.leadsToDoor, "\(route)")
                continue
            }
            guard let role, roles.contains(role) else {
                #expect(response.status == 403, "\(route)")
                let words = right.roles.map(\.words).joined(separator: "・")
                #expect(text.contains("この操作ができる役割: \(words)。"), "\(route)")
                continue
            }
            #expect(response.status != 403 && !response.leadsToDoor, "\(route)")
        }
        for ending in Self.endings {
            let (method, path) = try Self.filled(ending, town)
            let response = await clerk.respond(method, path, [("token", token)])
            #expect(response.status == 200 || response.status == 303, "\(ending)")
        }
    }

    /// They end what the others need.
    private static let endings = ["POST /o/{org}/lock", "POST /o/{org}/signout"]

    @Test func `without a session everything leads to the door`() async throws {
        let town = try await PagesTown.make([.careOffice])
        let clerk = Clerk(town.pages)
        for (route, asks) in Self.table {
            let (method, path) = try Self.filled(route, town)
            let response = await clerk.respond(method, path, method == .post ? [("a", "b")] : nil)
            #expect(asks == .anybody || response.leadsToDoor, "\(route)")
        }
    }

    /// CSRF: nothing is done for a form that is not ours, not even signing in.
    @Test func `no post is taken from elsewhere or without the session's token`() async throws {
        let town = try await PagesTown.make([.careOffice])
        let clerk = try await town.clerk("haruka", Set(StaffRole.allCases))
        let token = try #require(clerk.token)
        let other = try await town.clerk("kaori", Set(StaffRole.allCases))
        let foreign = try #require(other.token)
        for (route, asks) in Self.table where route.hasPrefix("POST ") {
            let (method, path) = try Self.filled(route, town)
            for site in ["cross-site", "same-site", "none", nil] {
                let response = await clerk.respond(method, path, [("token", token)], site)
                #expect(response.status == 403, "\(route) from \(site ?? "nowhere")")
            }
            guard asks != .anybody else { continue }
            for wrong in [[("a", "b")], [("token", "")], [("token", foreign)]] {
                let response = await clerk.respond(method, path, wrong)
                #expect(response.status == 403, "\(route) with \(wrong)")
            }
        }
        await clerk.open(town.path(.careOffice))
        #expect(clerk.title.hasPrefix("本日"))
    }

    /// The route that takes a file, of which a stranger's body is refused by its length alone.
    @Test func `one route alone takes a form with a file, and a larger body`() async throws {
        let town = try await PagesTown.make([.careOffice])
        let withFile = "POST /o/{org}/drafts/{draft}/attachments"
        for route in Self.table.keys where route.hasPrefix("POST ") {
            let (_, path) = try Self.filled(route, town)
            for type in [PostedForm.mediaType, FileForm.type] {
                let head = try RequestHead(
                    .post,
                    Target(reading: path.bytes),
                    Fields([("host", "localhost"), ("content-type", type), ("content-length", "9")])
                )
                guard (route == withFile) == (type == FileForm.type) else {
                    #expect(throws: HTTPFailure.unsupportedType, "\(route)") {
                        _ = try town.pages.plan(for: head, identity: nil)
                    }
                    continue
                }
                let limit = try town.pages.plan(for: head, identity: nil).bodyLimit
                let most =
                    route == withFile ? Limits.attachedFormBytes : PostedForm.maximumBytes
                #expect(limit == most, "\(route)")
            }
        }
    }

    @Test(arguments: ["/nowhere", "/inbox/more", "/sheets", "/drafts/x/y/z"])
    func `what is nowhere is a page`(place: String) async throws {
        let town = try await PagesTown.make([.careOffice])
        let clerk = try await town.clerk("haruka")
        await clerk.open(town.path(.careOffice, place))
        #expect(clerk.status == 404 && clerk.title.hasPrefix("エラー: ページが見つかりません"))
        #expect(clerk.has("aria-label=\"主なページ\"") && clerk.has("問い合わせ番号"))
    }

    /// What is refused before anybody is known: a path that ends in a slash, an organisation that
    /// is not here, a method that no page has.
    @Test func `also what no page was asked for is answered with a page`() async throws {
        let town = try await PagesTown.make([.careOffice])
        for failure in [HTTPFailure.malformed, .notFound, .methodNotAllowed([.get]), .tooLarge] {
            let response = town.pages.refusal(of: failure, trace: "0123")
            #expect(response.status == failure.status)
            #expect(response.text.contains("<title>エラー: ") && response.text.contains("0123"))
        }
        let clerk = Clerk(town.pages)
        for path in ["/o/nobody/inbox", "/nowhere", "/o"] {
            let response = await clerk.respond(.get, path)
            #expect(response.status == 404 && response.text.contains("href=\"/\""), "\(path)")
        }
    }

    /// A route with names of things that are not there.
    static func filled(_ route: String, _ town: PagesTown) throws -> (Method, String) {
        let random = SystemRandom()
        let words = route.split(separator: " ").map(String.init)
        let method = try #require(Method(rawValue: words[0]))
        let things = [
            "{org}": town.town.office(.careOffice).member.text,
            "{message}": MessageID.make(at: town.town.time.now, random).text,
            "{draft}": MessageID.make(at: town.town.time.now, random).text,
            "{record}": ConsentRecordID.make(random).text,
            "{review}": EmergencyID.make(random).text, "{account}": AccountID.make(random).text,
            "{number}": "0", "{request}": "0", "{rest...}": "nowhere",
            "{finding}": SHA256.hash([]).hex,
        ]
        let path = things.reduce(words[1]) { $0.replacing($1.key, with: $1.value) }
        try #require(!path.contains("{"), "what stands for the capture of \(route)?")
        return (method, path)
    }
}

extension Response {
    var text: String {
        if case .bytes(let bytes, _) = body { String(decoding: bytes, as: UTF8.self) } else { "" }
    }

    var location: String? { fields.first { $0.0 == "Location" }?.1 }
    var leadsToDoor: Bool { status == 303 && location?.hasSuffix("/signin") == true }
}
