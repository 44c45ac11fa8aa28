import Directory
import Gateway
import Primitives
import TestKit
import Testing

@testable import Pages

/// What of a list is shown: its own choices, and the form that narrows it.
struct ListChoiceTests {
    @Test func `a list is narrowed by days, by type and by the other side, and says so`()
        async throws
    {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        _ = try await town.send(by: care)
        let outbox = town.path(.careOffice, "/outbox")
        let clinic = town.town.office(.clinic)
        let name = try #require(clinic.view.member(clinic.member)).membership.profile.displayName
        let today = town.town.time.now.dayInJapan
        for (query, isShown) in [
            ("", true), ("type=careLiaison", true), ("type=admissionInfo", false),
            ("since=\(today)", true), ("since=\(today.adding(days: 1))", false),
            ("until=\(today)", true), ("until=\(today.adding(days: -1))", false),
            ("peer=\(PostedForm.encoded(name))", true),
            ("peer=\(PostedForm.encoded("どこにもない"))", false),
            ("since=gestern&type=%22%3E&until=0", true),
        ] {
            await care.open("\(outbox)?\(query)")
            #expect(care.status == 200 && care.has("全 1 件") == isShown, "\(query)")
            #expect(care.has("ここに出す書類はありません。") != isShown, "\(query)")
        }
    }

    @Test func `the narrowing stays when another choice or a page is taken`() async throws {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        let inbox = town.path(.careOffice, "/inbox")
        let query = "type=careLiaison&since=2026-11-01&peer=\(PostedForm.encoded("\"＆<町>"))"
        await care.open("\(inbox)?show=unopened&\(query)")
        #expect(care.has("href=\"\(inbox)?show=owed&amp;\(query.replacing("&", with: "&amp;"))\""))
        #expect(care.has("value=\"&quot;＆&lt;町&gt;\"") && care.has("value=\"2026-11-01\""))
        #expect(care.has("<input type=\"hidden\" name=\"show\" value=\"unopened\">"))
        #expect(care.has("絞り込みをやめる"))
        await care.open("\(inbox)?show=<script>")
        #expect(care.status == 200 && !care.has("<script>"))
        // Other words in the address than those of a list change nothing of where a form leads.
        await care.open("\(inbox)?show=unopened&\(query)")
        await care.post(town.path(.careOffice, "/size"), [("size", "large")])
        #expect(care.path == "\(inbox)?show=unopened&\(query)")
    }
}
