import Foundation
import Gateway
import Primitives
import TestKit
import Testing

@testable import HTTP
@testable import Pages
@testable import Staff

/// Who comes in, and who does not.
struct DoorTests {
    @Test func `nobody sees a page without signing in`() async throws {
        let town = try await PagesTown.make()
        let clerk = Clerk(town.pages)
        for place in [
            "", "/inbox", "/outbox", "/new", "/consents", "/directory", "/audit", "/staff",
        ] {
            await clerk.open(town.path(.careOffice, place))
            #expect(clerk.title.hasPrefix("サインイン"))
        }
    }

    @Test func `whoever fails hears one sentence, known or not`() async throws {
        let town = try await PagesTown.make()
        _ = try await town.clerk("haruka")
        let door = town.path(.careOffice, "/signin")
        var pages: [String] = []
        for name in ["haruka", "nobody"] {
            let clerk = Clerk(town.pages)
            await clerk.open(door)
            await clerk.post(door, [("name", name), ("password", "wrong wrong wrong")])
            #expect(clerk.status == 400)
            pages.append(clerk.html)
        }
        #expect(pages[0] == pages[1])
    }

    @Test func `a sign-in makes a new session, whatever cookie was there`() async throws {
        let town = try await PagesTown.make()
        let clerk = try await town.clerk("haruka")
        let other = Clerk(town.pages)
        other.steal(clerk.cookie)
        await other.open(town.path(.careOffice, "/inbox"))
        #expect(other.title.hasPrefix("受信箱"))
        await clerk.post(town.path(.careOffice, "/signout"))
        #expect(clerk.has("終了しました"))
        await other.open(town.path(.careOffice, "/inbox"))
        #expect(other.title.hasPrefix("サインイン"))
    }

    /// Session fixation: a cookie that was there before is worth nothing after, at every step at
    /// which somebody shows who they are.
    @Test func `whoever shows who they are gets a new session`() async throws {
        let town = try await PagesTown.make([.careOffice])
        let thief = try await town.clerk("thief")
        let own = town.path(.careOffice)
        let planted = thief.cookie
        let victim = try await town.clerk("haruka", onlyAfter: { $0.steal(planted) })
        #expect(victim.cookie != planted && !victim.cookie.isEmpty)
        await thief.open(own + "/inbox")
        #expect(thief.title.hasPrefix("受信箱"))
        // The lock ends under another name as well.
        let before = victim.cookie
        await victim.post(own + "/lock")
        await victim.post(own + "/locked", [("password", PagesTown.password)])
        #expect(victim.cookie != before && victim.title.hasPrefix("本日"))
        let old = Clerk(town.pages)
        old.steal(before)
        await old.open(own + "/inbox")
        #expect(old.title.hasPrefix("サインイン"))
        // What was made up is nobody's session.
        old.steal(String(repeating: "A", count: 43))
        await old.open(own + "/inbox")
        #expect(old.title.hasPrefix("サインイン") && old.cookie.isEmpty)
    }

    @Test func `pressing twice makes one`() async throws {
        let town = try await PagesTown.make([.careOffice])
        let clerk = try await town.clerk("haruka", [.sender, .administrator])
        let own = town.path(.careOffice)
        let gateway = town.town.office(.careOffice)
        await clerk.open(own + "/consents")
        let consent = JourneyTests.consent + Self.hidden(clerk, "/consents")
        async let first = clerk.respond(.post, own + "/consents", consent)
        async let second = clerk.respond(.post, own + "/consents", consent)
        for response in await [first, second] { #expect(response.status == 303) }
        #expect(try await gateway.consentRecords().count == 1)
        await clerk.open(own + "/new")
        let new = Self.hidden(clerk, "/new")
        var places: Set<String?> = []
        for _ in 0..<3 { places.insert(await clerk.respond(.post, own + "/new", new).location) }
        #expect(try await gateway.drafts().count == 1 && places.count == 1)
        // Another form, or other words in it, is another wish.
        await clerk.open(own + "/new")
        _ = await clerk.respond(.post, own + "/new", Self.hidden(clerk, "/new"))
        #expect(try await gateway.drafts().count == 2)
        // What was refused may be mended and posted again; the code is shown to whoever waits.
        await clerk.open(own + "/staff")
        let staff = Self.hidden(clerk, "/staff").filter { ["token", "once"].contains($0.0) }
        let person = [
            ("signInName", "kaori"), ("displayName", "架空 香"), ("profession", "nurse"),
        ]
        let refused = await clerk.respond(.post, own + "/staff", staff + person)
        #expect(refused.status == 400 && refused.text.contains("value=\"nurse\" selected"))
        let whole = staff + person + [("roles", "sender")]
        let handed = await clerk.respond(.post, own + "/staff", whole)
        let again = await clerk.respond(.post, own + "/staff", whole)
        #expect(handed.text.contains("渡すコード") && handed.text == again.text)
        #expect(!handed.text.contains("value=\"kaori\""), "ready for the next person")
        // After a while it is forgotten: the name is taken then.
        town.town.time.advance(by: .minutes(14))
        #expect(await clerk.respond(.post, own + "/staff", whole).status == 400)
    }

    private static func hidden(_ clerk: Clerk, _ action: String) -> [(String, String)] {
        let form = Crawl.forms(clerk.html).first { $0.action.hasSuffix(action) }
        return (form?.fields ?? []).filter { $0.kind == .hidden }.map { ($0.name, $0.value) }
    }

    @Test func `a locked screen shows nothing and keeps the session`() async throws {
        let town = try await PagesTown.make()
        let clerk = try await town.clerk("haruka")
        await clerk.post(town.path(.careOffice, "/lock"))
        #expect(clerk.title.hasPrefix("画面ロック"))
        await clerk.open(town.path(.careOffice, "/inbox"))
        #expect(clerk.title.hasPrefix("画面ロック"))
        await clerk.post(town.path(.careOffice, "/locked"), [("password", PagesTown.password)])
        #expect(clerk.title.hasPrefix("受信箱"))
    }

    @Test func `a post without the token, or from another site, does nothing`() async throws {
        let town = try await PagesTown.make()
        let clerk = try await town.clerk("haruka")
        let new = town.path(.careOffice, "/new")
        await clerk.open(new)
        await clerk.post(new, [("type", "careLiaison")], without: "token")
        #expect(clerk.status == 403)
        for site in ["cross-site", "same-site", "none"] {
            await clerk.open(new)
            await clerk.post(new, [("type", "careLiaison")], site: site)
            #expect(clerk.status == 403)
        }
        // An old browser says nothing of the site, and this one no origin either.
        await clerk.open(new)
        await clerk.post(new, [("type", "careLiaison")], site: nil)
        #expect(clerk.status == 403)
        #expect(try await town.town.office(.careOffice).drafts().isEmpty)
    }

    /// Pages against roles: what a role may not see is refused, and is not in its navigation.
    @Test(arguments: [
        (StaffRole.author, ["/inbox", "/outbox", "/new", "/consents", "/directory"]),
        (.sender, ["/inbox", "/outbox", "/new", "/consents", "/directory"]),
        (.reader, ["/inbox", "/outbox", "/directory"]),
        (.deskLead, ["/inbox", "/outbox", "/new", "/consents", "/directory"]),
        (.administrator, ["/directory", "/staff"]),
        (.auditor, ["/directory", "/audit"]),
        (.operator, ["/directory"]),
    ])
    func `each role sees its pages and no others`(role: StaffRole, may: [String]) async throws {
        let town = try await PagesTown.make([.careOffice])
        let clerk = try await town.clerk("haruka", [role])
        let all = ["/inbox", "/outbox", "/new", "/consents", "/directory", "/audit", "/staff"]
        for place in all {
            await clerk.open(town.path(.careOffice, place))
            #expect(clerk.status == (may.contains(place) ? 200 : 403), "\(place)")
        }
    }

    @Test func `every answer forbids what the pages do not need`() async throws {
        let town = try await PagesTown.make([.careOffice])
        let clerk = try await town.clerk("haruka")
        for place in ["", "/inbox", "/nowhere", "/sheets/x"] {
            await clerk.open(town.path(.careOffice, place))
            guard place != "/nowhere" else { continue }
            let fields = clerk.last?.fields ?? []
            func value(_ name: String) -> String? { fields.first { $0.0 == name }?.1 }
            #expect(value("Cache-Control") == "no-store")
            #expect(value("Content-Security-Policy")?.hasPrefix("default-src 'none'") == true)
            #expect(value("X-Content-Type-Options") == "nosniff")
            // The one script is a file of ours.
            let scripts = clerk.html.components(separatedBy: "<script").dropFirst()
            #expect(scripts.allSatisfy { $0.hasPrefix(" src=\"/assets/script-") })
            #expect(!clerk.html.contains(" style=") && !clerk.html.contains(" onclick="))
        }
    }

    @Test(arguments: [
        "https://evil.example/", "//evil.example", "/o/other", "/o/%ORG%/inbox\r\nX: y", "",
    ])
    func `a form leads back to pages of the organisation alone`(back: String) async throws {
        let town = try await PagesTown.make([.careOffice])
        let clerk = try await town.clerk("haruka")
        let own = town.path(.careOffice)
        await clerk.open(own + "/inbox?show=urgent")
        await clerk.post(own + "/size", [("size", "large")])
        #expect(clerk.path == own + "/inbox?show=urgent" && clerk.has("class=\"large\""))
        let there = back.replacingOccurrences(of: "/o/%ORG%", with: own)
        await clerk.post(own + "/size", [("size", "small"), ("back", there)])
        #expect(clerk.title.hasPrefix("本日"))
    }

    @Test func `nobody is sent away by one press`() async throws {
        let town = try await PagesTown.make([.careOffice])
        let head = try await town.clerk("kanri", [.administrator])
        let other = try await town.clerk("haruka")
        let staff = town.path(.careOffice, "/staff")
        await head.open(staff)
        let row = try #require(head.html.range(of: "haruka"))
        let rest = head.html[row.upperBound...]
        let start = try #require(rest.range(of: "action=\"")).upperBound
        let action = String(rest[start...].prefix { $0 != "\"" })
        await head.post(action, [("act", "leave")])
        #expect(head.title.hasPrefix("退職とする") && head.has("元に戻せません"))
        await other.open(town.path(.careOffice, "/inbox"))
        #expect(other.title.hasPrefix("受信箱"))
        await head.post(action, [("sure", "yes")])
        #expect(head.title.hasPrefix("職員") && head.has("退職"))
        await other.open(town.path(.careOffice, "/inbox"))
        #expect(other.title.hasPrefix("サインイン"))
    }
}
