import Gateway
import HTTP
import Primitives
import Staff

/// Finds who asks, and turns refusals into pages. No page is reached but through it.
struct Door: Sendable {
    typealias Body =
        @Sendable (Visit, Captures) async throws(PageRefusal) -> Response
    /// A page of somebody who is not signed in yet.
    typealias Stranger =
        @Sendable (Office, Request, PostedForm) async throws(PageRefusal) -> Response

    let parts: PagesParts

    init(_ parts: PagesParts) { self.parts = parts }

    // MARK: Routes

    func get(_ path: String, to router: inout Router, _ body: @escaping Body) {
        router.on(.get, "/o/{org}" + path.withoutEnd, .open) { request, captures in
            await self.answer(request, captures, body)
        }
    }

    /// `behindLock` is what a locked screen does with the same post: it keeps what was typed and
    /// shows nothing.
    func post(
        _ path: String,
        to router: inout Router,
        behindLock: Body? = nil,
        _ body: @escaping Body
    ) {
        router.on(.post, "/o/{org}" + path.withoutEnd, .form) { request, captures in
            await self.answer(request, captures, body, behindLock: behindLock)
        }
    }

    /// A form with a file. It is larger than any other, and read as it comes; nothing of it is
    /// looked at before its token was.
    func file(
        _ path: String,
        to router: inout Router,
        _ body:
            @escaping @Sendable (Visit, Captures, PostedFile) async throws(PageRefusal) -> Response
    ) {
        router.on(.post, "/o/{org}" + path, .file) { request, captures in
            let read: Body = { visit, captures async throws(PageRefusal) in
                try await body(visit, captures, try await PostedFile(of: visit))
            }
            return await self.answer(request, captures, read, as: .file)
        }
    }

    /// What the script asks now and then: nobody need be there, and nobody's idle time begins anew.
    func watch(_ path: String, to router: inout Router, _ body: @escaping Body) {
        router.on(.get, "/o/{org}" + path, .open) { request, captures in
            await self.answer(request, captures, body, as: .watch)
        }
    }

    func stranger(
        _ method: Method,
        _ path: String,
        to router: inout Router,
        _ body: @escaping Stranger
    ) {
        let options: RouteOptions = method == .post ? .form : .open
        router.on(method, "/o/{org}" + path, options) { request, captures throws(HTTPFailure) in
            let office = try office(captures)
            do throws(PageRefusal) {
                return try await body(office, request, try await form(of: request))
            } catch {
                let mistake = Mistake(error, parts)
                let back = Self.signInPath(office)
                return .page(
                    PageFrame(title: mistake.title, isRefused: true)
                        .plain(mistake.body(trace: request.trace, back: back), office.name),
                    status: mistake.status
                )
            }
        }
    }

    /// What is nowhere else below an organisation's path is a page as well: the one of a mistake.
    func closeOff(_ router: inout Router) {
        get("/{rest...}", to: &router) { _, _ async throws(PageRefusal) in throw .notFound }
        post("/{rest...}", to: &router) { _, _ async throws(PageRefusal) in throw .notFound }
    }

    /// The first page: the one organisation that there is, or a choice.
    func hall() throws(HTTPFailure) -> Response {
        let offices = parts.offices.values.sorted { $0.gateway.member < $1.gateway.member }
        guard offices.count != 1 else { return .seeOther(Self.path(offices[0])) }
        guard !offices.isEmpty else { throw .notFound }
        let links = offices.map { office -> HTML in
            "<li><a class=\"button\" href=\"\(Self.path(office))\">\(office.name)</a></li>"
        }
        return .page(
            PageFrame(title: "機関を選ぶ").plain("<ul class=\"tiles\">\(links)</ul>", "連携")
        )
    }

    static func path(_ office: Office) -> String { "/o/\(office.gateway.member.text)" }
    static func signInPath(_ office: Office) -> String { path(office) + "/signin" }

    /// The page of what was refused before anybody is known to have asked.
    func refusal(of failure: HTTPFailure, trace: String) -> Response {
        let mistake = Mistake(.http(failure), parts)
        return .page(
            PageFrame(title: mistake.title, isRefused: true)
                .plain(mistake.body(trace: trace, back: "/"), "連携"),
            status: mistake.status,
            // Which methods there are and how long to wait is not only for people.
            fields: failure.response(trace: trace).fields
        )
    }

    // MARK: One request

    /// What a request is, beside its method.
    private enum Kind {
        case plain
        /// Asked by the script alone.
        case watch
        /// A form with a file, of which nobody but its own page reads anything.
        case file
    }

    private func answer(
        _ request: Request,
        _ captures: Captures,
        _ body: @escaping Body,
        behindLock: Body? = nil,
        as kind: Kind = .plain
    ) async -> Response {
        let office: Office
        do throws(HTTPFailure) { office = try self.office(captures) } catch {
            return refusal(of: error, trace: request.trace)
        }
        guard let token = Cookie.session.token(in: request).flatMap({ SessionToken($0) }) else {
            return await signedOut(request, office, kind)
        }
        let session: StaffSession
        do throws(StaffRefusal) {
            session =
                try kind == .watch
                ? office.staff.glance(at: token) : office.staff.session(for: token)
        } catch {
            return await signedOut(request, office, kind)
        }
        guard let body = session.isLocked ? behindLock : body else {
            guard kind == .file else {
                return .seeOther(LockPages.path(office, backTo: request.address))
            }
            // A browser shows the lock only when it has sent the whole file.
            do throws(HTTPFailure) { try await request.letPass() } catch {
                return refusal(of: error, trace: request.trace)
            }
            return .seeOther(LockPages.path(office, backTo: request.ownPath))
        }
        var form = PostedForm()
        do throws(PageRefusal) {
            if kind == .file {
                try checkOrigin(of: request)
            } else {
                form = try await self.form(of: request)
            }
            if request.method == .post, kind != .file {
                try wrap(PageRefusal.staff) { () throws(StaffRefusal) in
                    try office.staff.check(form["token"], of: session)
                }
            }
            let visit = await Visit(
                request: request,
                office: office,
                session: session,
                sessionToken: token,
                form: form,
                parts: parts,
                reader: try await reader(office, session)
            ).counted()
            return await parts.once.answer(visit) { await respond(visit, captures, body) }
        } catch {
            let mistake = Mistake(error, parts)
            let text = mistake.body(trace: request.trace, back: "/o/\(office.gateway.member)")
            return .page(
                PageFrame(title: mistake.title, isRefused: true)
                    .plain("\(text)\(typedText(form, office))", office.name),
                status: mistake.status
            )
        }
    }

    private func reader(
        _ office: Office,
        _ session: StaffSession
    ) async throws(PageRefusal) -> SheetReader {
        let gateway = office.gateway
        return try await wrap(PageRefusal.gateway) { () async throws(GatewayError) in
            try await gateway.reader(session.agent, account: session.account, at: session.desks)
        }
    }

    /// What somebody typed into a draft comes back with whatever refuses it.
    private func typedText(_ form: PostedForm, _ office: Office) -> HTML {
        TypedText(form, office.gateway.catalogue, on: parts.time.now.dayInJapan).html
    }

    /// The session is over; what was typed since the last save stays on the screen.
    private func signedOut(_ request: Request, _ office: Office, _ kind: Kind) async -> Response {
        let signIn = Self.signInPath(office)
        let cookies = [Cookie.session.cleared]
        if kind == .file, SameSite.holds(request) {
            // A browser shows the sign-in only when it has sent the whole file.
            do throws(HTTPFailure) { try await request.letPass() } catch {
                return refusal(of: error, trace: request.trace)
            }
        }
        guard !request.wantsJSON, kind != .file else { return .seeOther(signIn, cookies: cookies) }
        var typed = HTML.nothing
        do throws(PageRefusal) { typed = typedText(try await form(of: request), office) } catch {
            return .seeOther(signIn, cookies: cookies)
        }
        guard !typed.text.isEmpty else { return .seeOther(signIn, cookies: cookies) }
        let body: HTML = """
            <p class="problem">サインインの時間が終わったため、保存できませんでした。別の窓でサインインし、\
            下書きを開いて、下の内容を写してください。</p>
            <p><a class="button" href="\(signIn)" target="_blank">別の窓でサインイン</a></p>\(typed)
            """
        return .page(
            PageFrame(title: "サインインが必要です", isRefused: true).plain(body, office.name),
            status: 403,
            cookies: cookies
        )
    }

    private func respond(_ visit: Visit, _ captures: Captures, _ body: Body) async -> Response {
        do throws(PageRefusal) { return try await body(visit, captures) } catch {
            let mistake = Mistake(error, parts)
            let text = mistake.body(trace: visit.request.trace, back: visit.path("/"))
            let whole: HTML = "\(text)\(typedText(visit.form, visit.office))"
            let frame = PageFrame(title: mistake.title, isRefused: true)
            return .page(
                visit.session.isLocked
                    ? frame.plain(whole, visit.office.name)
                    : frame.page(whole, for: visit, at: nil),
                status: mistake.status
            )
        }
    }

    private func office(_ captures: Captures) throws(HTTPFailure) -> Office {
        guard let member = MemberID(captures.text("org")), let office = parts.offices[member]
        else { throw .notFound }
        return office
    }

    /// A browser says where a post comes from: from our own pages alone.
    private func checkOrigin(of request: Request) throws(PageRefusal) {
        guard request.method != .post || SameSite.holds(request) else { throw .foreign }
    }

    /// What was posted.
    private func form(of request: Request) async throws(PageRefusal) -> PostedForm {
        guard request.method == .post else { return PostedForm() }
        try checkOrigin(of: request)
        return try await wrap(PageRefusal.http) { () async throws(HTTPFailure) in
            try PostedForm(await request.body(limit: PostedForm.maximumBytes))
        }
    }
}

/// Whether a post comes from a page of this very site: `Sec-Fetch-Site` where the browser sends it,
/// else `Origin` against `Host`. The form's token is checked besides.
enum SameSite {
    static func holds(_ request: Request) -> Bool {
        if let site = request.fields["sec-fetch-site"] {
            return site.hasSameBytes(as: "same-origin")
        }
        guard let origin = request.fields["origin"], let host = request.fields["host"] else {
            return false
        }
        return origin.hasSameBytes(as: "https://" + host)
    }
}

/// Cookies: for this host alone, over TLS alone, out of reach of scripts.
enum Cookie: String {
    case session = "__Host-renkei"
    /// Between the steps of a sign-in.
    case pending = "__Host-renkei-signin"

    func set(_ token: String) -> String {
        "\(rawValue)=\(token); Path=/; Secure; HttpOnly; SameSite=Lax"
    }

    var cleared: String { "\(rawValue)=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0" }

    func token(in request: Request) -> String? {
        for line in request.fields.values("cookie") {
            for part in line.split(separator: ";") {
                let pair = part.drop { $0 == " " }
                guard pair.hasPrefix(rawValue + "=") else { continue }
                return String(pair.dropFirst(rawValue.count + 1))
            }
        }
        return nil
    }
}

extension String {
    /// `/` is the organisation's first page.
    fileprivate var withoutEnd: String { hasSameBytes(as: "/") ? "" : self }
}
