import Cryptography
import Foundation
import Gateway
import HTTP
import Primitives
import Sheets
import TestKit
import Testing

@testable import Pages
@testable import Staff

/// Words that would be markup, and values that would be lines of a head.
struct HostileTests {
    /// Ends every element and attribute that a value may stand in. The mark of each way out is
    /// `q7z`; none of them may stand on a page as it was typed.
    static let words =
        "x\"q7z=\"1\" 'q7z='1' <q7z></textarea><q7z></title></select><q7z>--><q7z> &q7z; "
        + "{{q7z}}\u{202E}\u{0}\u{1B}\u{85}"
    private static let waysOut = ["<q7z", "\"q7z", "'q7z", "&q7z", "\u{0}", "\u{1B}", "\u{85}"]

    static func check(_ html: String, _ place: String) {
        for wayOut in waysOut { #expect(!html.contains(wayOut), "\(wayOut) at \(place)") }
        #expect(!html.contains("=javascript:") && !html.contains("\"javascript:"), "\(place)")
    }

    /// A careful office and somebody with every role in it; drafts of all types of sheets.
    private static func office() async throws -> (PagesTown, Clerk) {
        let town = try await PagesTown.make()
        let clerk = try await town.clerk("haruka", Set(StaffRole.allCases))
        let gateway = town.town.office(.careOffice)
        for type in gateway.catalogue.types {
            let id = MessageID.make(at: town.town.time.now, SystemRandom())
            let draft = Draft(of: type, SystemRandom())
            try await gateway.keep(
                draft: id,
                draft.json.canonicalBytes,
                over: nil,
                by: Town.careManager
            )
        }
        return (town, clerk)
    }

    /// Every form of every page, each field in turn with words that would be markup: they are shown
    /// as text or not at all, on the page of the answer and on all pages after it.
    @Test func `nothing that is typed becomes markup`() async throws {
        let (town, clerk) = try await Self.office()
        var before = Crawl(clerk)
        await before.walk(from: town.path(.careOffice))
        #expect(before.forms.count > 20 && before.pages.count > 20)
        let ends = ["/lock", "/signout", "/discard", "/size", "/sessions"]
        let forms = before.forms.filter { form in !ends.contains(where: form.action.hasSuffix) }
        var filled = 0
        for form in forms {
            filled += form.fields.count { $0.kind == .words }
            for isWild in [false, true] {
                for fields in Self.posts(form, isWild: isWild) {
                    let response = await clerk.respond(.post, form.action, fields)
                    Crawl.check(response, form.action)
                    Self.check(response.text, form.action)
                }
            }
        }
        #expect(filled > 200, "the forms of all sheets have many fields, not \(filled)")
        var after = Crawl(clerk)
        await after.walk(from: town.path(.careOffice))
        #expect(after.pages.count >= before.pages.count)
        for page in after.pages { Self.check(page.html, page.path) }
        #expect(after.pages.contains { $0.html.contains("&quot;q7z=") }, "something was kept")
    }

    /// What came from another organisation is no better.
    @Test func `nothing that others have sent becomes markup`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka", Set(StaffRole.allCases))
        func wild(_ fields: [(String, String)]) -> [(String, String)] {
            let texts = ["Name", "Title", "message", "explainedBy"]
            return fields.map { field in
                let isText = texts.contains(where: field.0.hasSuffix)
                return (field.0, isText ? Self.sendable : field.1)
            }
        }
        _ = try await town.send(
            by: care,
            wild(JourneyTests.liaison),
            wild(JourneyTests.consent)
        )
        try await town.town.settle()
        let clinic = try await town.clerk("hitoshi", Set(StaffRole.allCases), at: .clinic)
        for (clerk, place) in [(clinic, World.Place.clinic), (care, .careOffice)] {
            var crawl = Crawl(clerk)
            await crawl.walk(from: town.path(place))
            for page in crawl.pages { Self.check(page.html, page.path) }
            let shown = crawl.pages.filter { $0.html.contains("&quot;q7z=") }.map(\.path)
            #expect(shown.contains { $0.contains("/sheets/") || $0.contains("/sent/") })
            let audit = town.path(place, "/audit")
            let records = await clerk.respond(.post, audit, [("token", clerk.token ?? "")])
            #expect(records.text.contains("&quot;q7z="))
            Self.check(records.text, audit)
        }
    }

    /// Of one short line, as names of people are.
    private static let sendable = "x\"q7z=\"1\" 'q7z='1' <q7z>&q7z;</b><q7z>"

    /// The fields of a form: the words alone are wild, or everything but the token is.
    private static func posts(_ form: Crawl.Form, isWild: Bool) -> [[(String, String)]] {
        let fields = form.fields.map { field -> (String, String) in
            let isKept = ["token", "once"].contains(field.name) || !isWild && field.kind != .words
            return (field.name, isKept ? field.value : words)
        }
        guard !form.buttons.isEmpty, !isWild else { return [fields] }
        // Sizes show nothing, and whoever goes on to the check has saved.
        let others = Account.TextSize.allCases.map(\.rawValue) + ["save"]
        return form.buttons.filter { !others.contains($0.value) }.map { button in
            fields + [(button.name, button.value)]
        }
    }

    // MARK: Heads of answers

    private static let lines = [
        "x\r\nX-Injected: 1", "x\nX-Injected: 1", "x\rX-Injected: 1", "x\u{0}", "\u{85}", "辻󠄁",
        "https://evil.example/", "//evil.example", "\\\\evil.example", "javascript:alert(1)",
        "/o/other", "..", "",
    ]

    /// No value that somebody sends makes a line of a head, or leads away: not in the path, not
    /// after the question mark, not in a form.
    @Test(arguments: lines)
    func `no value makes a head or leads away`(line: String) async throws {
        let town = try await PagesTown.make([.careOffice])
        let clerk = try await town.clerk("haruka", Set(StaffRole.allCases))
        let token = try #require(clerk.token)
        let own = town.path(.careOffice)
        let names = [
            "back", "next", "to", "show", "page", "size", "act", "type", "message", "once",
        ]
        for route in RouteTests.table.keys where !route.hasSuffix("lock") {
            guard !route.hasSuffix("signout") else { continue }
            let (method, path) = try RouteTests.filled(route, town)
            let fields = names.map { ($0, line) } + [("token", token)]
            // In the place of the path: the last part that is no word of ours.
            let wild =
                line.isEmpty || line.contains("/")
                ? path
                : path.replacing(
                    /[0-9a-f]{8}-[0-9a-f-]{27}|nowhere/,
                    with: line
                )
            for target in [path, wild] {
                let asked = target + "?" + names.map { "\($0)=\(line)" }.joined(separator: "&")
                let response = await clerk.respond(method, asked, method == .post ? fields : nil)
                Crawl.check(response, "\(route) with \(line.debugDescription)")
                guard let location = response.location else { continue }
                let isOwn = location == own || location.hasPrefix(own + "/") || location == "/"
                #expect(isOwn, "\(route) leads to \(location)")
            }
        }
    }

    @Test func `a file is named by us alone`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let sent = try await town.send(by: care)
        try await town.town.settle()
        await care.open(sent)
        for link in Crawl.links(care.html) where link.contains("/evidence/") {
            let response = await care.respond(.get, link)
            let name = response.fields.first { $0.0 == "Content-Disposition" }?.1 ?? ""
            #expect(
                name.wholeMatch(of: /attachment; filename="evidence-[0-9a-f-]{36}\.tar"/) != nil
            )
        }
    }
}
