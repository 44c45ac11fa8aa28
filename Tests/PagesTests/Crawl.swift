import Foundation
import HTTP
import Primitives
import Testing

@testable import HTTP
@testable import Pages

/// Everything that somebody reaches by links, with all forms on the way.
struct Crawl {
    /// A form as it stands on a page.
    struct Form: Hashable {
        let action: String
        let fields: [Field]
        /// The buttons with a name.
        let buttons: [Field]
    }

    struct Field: Hashable {
        enum Kind { case words, hidden, choice }
        let name: String
        let value: String
        let kind: Kind
    }

    let clerk: Clerk
    private(set) var forms: [Form] = []
    private(set) var seen: Set<String> = []
    private(set) var pages: [(path: String, html: String)] = []

    init(_ clerk: Clerk) { self.clerk = clerk }

    /// Pages of one kind are many alike: of each, so many.
    static let ofEachKind = 20

    mutating func walk(from start: String) async {
        var waiting = [start]
        var kinds: [String: Int] = [:]
        while let path = waiting.popLast() {
            guard seen.insert(path).inserted else { continue }
            // Each draft is of another type.
            let kind =
                path.contains("/drafts/")
                ? path : path.replacing(/[0-9a-f]{8}-[0-9a-f-]{27}/, with: "*")
            kinds[kind, default: 0] += 1
            guard kinds[kind, default: 0] <= Self.ofEachKind else { continue }
            let response = await clerk.respond(.get, path)
            Self.check(response, path)
            guard case .bytes(_, let type) = response.body, type.hasPrefix("text/html") else {
                continue
            }
            let html = response.text
            pages.append((path, html))
            let links = Self.links(html) + Self.steps(html, of: path)
            waiting += links.filter { $0.hasPrefix("/o/") && !seen.contains($0) }
            for form in Self.forms(html) where !forms.contains(form) { forms.append(form) }
        }
    }

    /// No answer has a field that makes another one, or leads away from these pages.
    static func check(_ response: Response, _ path: String) {
        for (name, value) in response.fields {
            #expect(value.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "\(name) of \(path)")
        }
        #expect(!response.fields.contains { $0.0.lowercased().hasPrefix("x-injected") }, "\(path)")
        #expect(response.status != 500, "\(path)")
        if let location = response.location {
            let isOwn = location.utf8.allSatisfy(isPlain) && !location.hasPrefix("//")
            #expect(isOwn && location.hasPrefix("/"), "\(path) leads to \(location)")
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        Character(UnicodeScalar(byte)).isLetter && byte < 0x80 || (0x30...0x39).contains(byte)
            || "/-?=&_%".utf8.contains(byte)
    }

    /// The steps of a draft, which its buttons lead to.
    private static func steps(_ html: String, of path: String) -> [String] {
        let page = path.prefix { $0 != "?" }
        return html.matches(of: /value="step:(\w+)"/).map { "\(page)?step=\($0.1)" }
    }

    /// What is read: between tags, and in attributes that are read aloud; whole, and in its words.
    static func texts(_ html: String) -> Set<String> {
        let body = html.replacing(/<(script|style)[^>]*>.*?<\/(script|style)>/, with: "")
        let between = body.matches(of: />([^<]+)</).map { String($0.1) }
        let aloud = body.matches(of: /(?:aria-label|placeholder|alt|data-words)="([^"]+)"/)
        let all = between + aloud.map { String($0.1) }
        return all.reduce(into: []) { $0.formUnion(words(plain($1))) }
    }

    /// A text, and its parts between blanks and brackets.
    static func words(_ text: String) -> Set<String> {
        let whole = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let parts = whole.split { $0.isWhitespace || "（）()「」、。・:,".contains($0) }
        return Set(parts.map(String.init) + [whole])
    }

    static func links(_ html: String) -> [String] {
        html.matches(of: /href="([^"]*)"/).map { plain(String($0.1)) }
    }

    static func forms(_ html: String) -> [Form] {
        html.components(separatedBy: "<form ").dropFirst().compactMap { text in
            guard let end = text.range(of: "</form>") else { return nil }
            let whole = String(text[..<end.lowerBound])
            guard let action = attribute("action", of: " " + whole) else { return nil }
            var fields: [Field] = []
            var buttons: [Field] = []
            for tag in whole.components(separatedBy: "<") {
                guard let name = attribute("name", of: tag) else { continue }
                let value = attribute("value", of: tag) ?? ""
                func field(_ kind: Field.Kind) -> Field {
                    Field(name: name, value: value, kind: kind)
                }
                if tag.hasPrefix("button") {
                    buttons.append(field(.hidden))
                } else if tag.contains("type=\"hidden\"") {
                    fields.append(field(.hidden))
                } else if tag.hasPrefix("select") {
                    fields.append(field(.choice))
                } else if tag.contains("type=\"radio\"") || tag.contains("type=\"checkbox\"") {
                    // The first of each is ticked.
                    if !fields.contains(where: { $0.name == name }) {
                        fields.append(field(.choice))
                    }
                } else {
                    fields.append(field(.words))
                }
            }
            return Form(action: action, fields: fields, buttons: buttons)
        }
    }

    private static func attribute(_ name: String, of tag: String) -> String? {
        guard let from = tag.range(of: " \(name)=\""),
            let to = tag.range(of: "\"", range: from.upperBound..<tag.endIndex)
        else { return nil }
        return plain(String(tag[from.upperBound..<to.lowerBound]))
    }

    static func plain(_ text: String) -> String {
        text.replacing("&lt;", with: "<").replacing("&gt;", with: ">")
            .replacing("&quot;", with: "\"").replacing("&#39;", with: "'")
            .replacing("&amp;", with: "&")
    }
}
