import Foundation
import HTTP
import Primitives
import TestKit
import Testing

@testable import HTTP
@testable import Pages

/// Somebody at a browser without script: keeps cookies, follows redirections, fills in the forms of
/// the page it sees.
final class Clerk: @unchecked Sendable {  // of one test, one task at a time
    private let pages: PageHandler
    /// The world behind the pages, which ends with the last who knows it.
    var town: (any Sendable)?
    private var cookies: [String: String] = [:]
    private(set) var html = ""
    private(set) var status = 0
    private(set) var path = "/"
    private(set) var last: Response?
    /// Pieces of the body of the last post that nobody has asked for.
    private(set) var unread = 0
    /// Of the first sign-in.
    var app: Authenticator?
    var spareCode: String?

    init(_ pages: PageHandler) { self.pages = pages }

    /// The same person at another window.
    func beside() -> Clerk {
        let other = Clerk(pages)
        other.cookies = cookies
        other.town = town
        return other
    }

    func open(_ path: String) async { await request(.get, path, nil) }

    /// Posts a form of the page: its hidden and filled-in fields, with these in their place.
    func post(
        _ action: String,
        _ fields: [(String, String)] = [],
        site: String? = "same-origin",
        without: String? = nil,
        accept: String = "text/html"
    ) async {
        var body = hidden(of: action).filter { name, _ in
            name != without && !fields.contains { $0.0 == name }
        }
        body += fields
        await request(.post, action, body, site: site, accept: accept)
    }

    var title: String { between("<title>", "</title>") ?? "" }
    var cookie: String { cookies["__Host-renkei"] ?? "" }
    func steal(_ cookie: String) { cookies["__Host-renkei"] = cookie }
    func speakEnglish() { cookies["__Host-renkei-lang"] = "en" }
    func forgetCookies() { cookies = [:] }
    func has(_ text: String) -> Bool { html.contains(text) }

    func between(_ start: String, _ end: String) -> String? {
        guard let from = html.range(of: start),
            let to = html.range(of: end, range: from.upperBound..<html.endIndex)
        else { return nil }
        return String(html[from.upperBound..<to.lowerBound])
    }

    /// The first address on the page that begins so.
    func link(_ start: String) -> String? {
        between("href=\"\(start)", "\"").map { start + $0 }
    }

    // MARK: Requests

    private func request(
        _ method: Method,
        _ address: String,
        _ body: [(String, String)]?,
        site: String? = "same-origin",
        accept: String = "text/html"
    ) async {
        var (method, address, body) = (method, address, body)
        for _ in 0..<5 {
            let response = await respond(method, address, body, site, accept: accept)
            last = response
            status = response.status
            path = address
            for (name, value) in response.fields where name == "Set-Cookie" { keep(value) }
            guard response.status == 303,
                let next = response.fields.first(where: { $0.0 == "Location" })?.1
            else {
                if case .bytes(let bytes, _) = response.body {
                    html = String(decoding: bytes, as: UTF8.self)
                } else {
                    html = ""
                }
                return
            }
            (method, address, body) = (.get, next, nil)
        }
    }

    /// One request with the cookies there are; nothing is followed or kept of its answer.
    func respond(
        _ method: Method,
        _ address: String,
        _ body: [(String, String)]? = nil,
        _ site: String? = "same-origin",
        accept: String = "text/html"
    ) async -> Response {
        guard method == .post, address.hasSuffix("/attachments") else {
            let bytes = (body ?? []).isEmpty ? [] : Self.encoded(body ?? [])
            let type = PostedForm.mediaType
            return await send(method, address, [bytes], (type, site, accept))
        }
        // The one form with a file.
        let parts = (body ?? []).map { name, value in
            name == "file"
                ? FileForm.Part(name: name, fileName: value, bytes: Files.pdf)
                : FileForm.Part(name: name, bytes: value.bytes)
        }
        return await send(method, address, [FileForm.bytes(parts)], (FileForm.type, site, accept))
    }

    /// Posts a file by the form of the page, in pieces as they come over a line.
    func attach(_ name: String, _ bytes: [UInt8], kind: String = "carePlan") async {
        await attach([
            .init(name: "token", bytes: (token ?? "").bytes),
            .init(name: "kind", bytes: kind.bytes),
            .init(name: "file", fileName: name, bytes: bytes),
        ])
    }

    func attach(_ parts: [FileForm.Part], site: String? = "same-origin") async {
        guard
            let action = between("action=\"", "\" enctype").flatMap({ words in
                words.components(separatedBy: "action=\"").last
            })
        else { return status = 0 }
        let body = FileForm.bytes(parts)
        let pieces = stride(from: 0, to: body.count, by: 64 * 1024).map { start in
            Array(body[start..<min(body.count, start + 64 * 1024)])
        }
        let response = await send(.post, action, pieces, (FileForm.type, site, "text/html"))
        last = response
        if let next = response.location { return await open(next) }
        (status, path, html) = (response.status, action, response.text)
    }

    func send(
        _ method: Method,
        _ address: String,
        _ pieces: [[UInt8]],
        _ head: (type: String, site: String?, accept: String)
    ) async -> Response {
        let parts = address.split(separator: "?", maxSplits: 1)
        let query = (parts.count > 1 ? parts[1].split(separator: "&") : []).map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
            let value = sides.count > 1 ? sides[1].removingPercentEncoding ?? "" : ""
            return (name: sides[0], value: value)
        }
        var fields = [
            ("host", "localhost"), ("content-type", head.type), ("accept", head.accept),
        ]
        if let site = head.site { fields.append(("sec-fetch-site", site)) }
        let kept = cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        if !kept.isEmpty { fields.append(("cookie", kept.joined(separator: "; "))) }
        let waiting = Lock(pieces[...])
        defer { if method == .post { unread = waiting.withLock { $0.count } } }
        return await pages.respond(
            to: Request(
                method: method,
                path: parts[0].split(separator: "/").map(String.init),
                query: query,
                fields: Fields(fields),
                identity: nil,
                remoteAddress: "192.0.2.9",
                trace: "00000000000000000000000000000000",
                stream: BodyStream {
                    waiting.withLock { $0.popFirst() }
                }
            )
        )
    }

    private func keep(_ line: String) {
        let pair = line.split(separator: ";")[0].split(separator: "=", maxSplits: 1)
        cookies[String(pair[0])] = line.contains("Max-Age=0") ? nil : String(pair[1])
    }

    private static func encoded(_ fields: [(String, String)]) -> [UInt8] {
        func word(_ text: String) -> String {
            text.utf8.map { byte in
                let isPlain =
                    byte < 0x80 && Character(UnicodeScalar(byte)).isLetter
                    || (0x30...0x39).contains(byte)
                return isPlain ? String(UnicodeScalar(byte)) : String(format: "%%%02X", byte)
            }.joined()
        }
        return Array(fields.map { word($0.0) + "=" + word($0.1) }.joined(separator: "&").utf8)
    }

    /// What a browser would post of the form with this action: its inputs as they stand.
    private func hidden(of action: String) -> [(String, String)] {
        guard let start = html.range(of: "action=\"\(action)\""),
            let end = html.range(of: "</form>", range: start.upperBound..<html.endIndex)
        else { return [] }
        let form = html[start.upperBound..<end.lowerBound]
        var fields: [(String, String)] = []
        var menu: String?
        for tag in form.components(separatedBy: "<").dropFirst() {
            func attribute(_ name: String) -> String? {
                guard let from = tag.range(of: " \(name)=\""),
                    let to = tag.range(of: "\"", range: from.upperBound..<tag.endIndex)
                else { return nil }
                return Self.plain(String(tag[from.upperBound..<to.lowerBound]))
            }
            let isBox = tag.contains("type=\"radio\"") || tag.contains("type=\"checkbox\"")
            if tag.hasPrefix("input "), let name = attribute("name") {
                guard !isBox || tag.contains(" checked") else { continue }
                fields.append((name, attribute("value") ?? ""))
            } else if tag.hasPrefix("textarea "), let name = attribute("name") {
                let text = tag.range(of: ">\n").map { String(tag[$0.upperBound...]) } ?? ""
                fields.append((name, Self.plain(text)))
            } else if tag.hasPrefix("select "), let name = attribute("name") {
                menu = name
            } else if tag.hasPrefix("option "), tag.contains(" selected"), let menu {
                fields.append((menu, attribute("value") ?? ""))
            }
        }
        return fields
    }

    private static func plain(_ text: String) -> String {
        text.replacingOccurrences(of: "&lt;", with: "<").replacingOccurrences(of: "&gt;", with: ">")
            .replacingOccurrences(of: "&quot;", with: "\"")
            .replacingOccurrences(of: "&#39;", with: "'").replacingOccurrences(
                of: "&amp;",
                with: "&"
            )
    }
}
