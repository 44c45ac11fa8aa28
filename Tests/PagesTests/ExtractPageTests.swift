import Gateway
import Primitives
import TestKit
import Testing

@testable import Pages

/// 抜粋 (C-14) over the pages: chosen before the sending, shown as what it is wherever it stands.
struct ExtractPageTests {
    private static let consent = JourneyTests.consent + [("scopeOrgTypes", "hospital")]

    @Test func `one recipient gets the ticked fields, and sees that the rest was left out`()
        async throws
    {
        let town = try await PagesTown.make([.careOffice, .clinic, .hospital])
        let care = try await town.clerk("haruka")
        let draft = try await town.draft(by: care, JourneyTests.liaison, Self.consent)
        let record = try #require(care.between("value=\"record:", "\""))
        await care.open(draft + "/check")
        #expect(!care.has("この宛先には抜粋を送る"), "one recipient alone gets the whole")
        let (clinic, hospital) = (town.town.office(.clinic), town.town.office(.hospital))
        await care.open(draft)
        await care.post(
            draft,
            JourneyTests.liaison + [
                ("to", clinic.member.text), ("cc", hospital.member.text),
                ("consent", "record:" + record), ("next", "check"),
            ]
        )
        let way = draft + "/extract"
        #expect(care.has("この宛先には抜粋を送る") && care.has("紙で送る</button>"), "\(care.html)")
        await care.open(way + "?to=\(hospital.member)")
        #expect(care.has("name=\"section\"") && !care.has(" checked"), "nothing is chosen")
        await care.post(way)
        #expect(care.status == 400 && care.has("送る項目を一つ以上選んでください"))
        await care.post(
            way,
            [("keep", "addresseeTitle"), ("keep", "purposes"), ("keep", "assignedOn")]
        )
        #expect(care.path == draft + "/check" && care.has("へ送る抜粋を見る"), "\(care.html)")
        #expect(care.has("抜粋は紙では送れません"))
        let token = try #require(care.token)
        let shown = try #require(care.between("name=\"sha256\" value=\"", "\""))
        await care.post(draft + "/paper", [("token", token), ("sha256", shown)])
        #expect(care.path == draft + "/check", "on paper the whole would go to both")
        await care.open(way + "?to=\(town.town.office(.careOffice).member)")
        #expect(care.status == 404, "who gets nothing gets no extract")
        await care.open(draft + "/check")
        await care.post(draft + "/send")
        let sent = care.path
        #expect(care.has("抜粋を送った相手") && care.has("架空記念病院"), "\(care.html)")
        try await town.town.settle()

        let ward = try await town.clerk("kaori", at: .hospital, profession: "msw")
        await ward.open(town.path(.hospital, "/inbox"))
        #expect(ward.has("（抜粋）"))
        await ward.open(try #require(ward.link(town.path(.hospital, "/sheets/"))))
        #expect(ward.has("この書類は抜粋です") && ward.has("【抜粋】"), "\(ward.html)")
        #expect(ward.has("「連絡事項」") && ward.has("幻町内科クリニック"))
        #expect(ward.has("渡邉 仁 先生") && !ward.has("担当になりました。"))
        let room = try await town.clerk("jin", at: .clinic, profession: "nurse")
        await room.open(town.path(.clinic, "/inbox"))
        await room.open(try #require(room.link(town.path(.clinic, "/sheets/"))))
        #expect(room.has("担当になりました。") && !room.has("抜粋"))

        // Its correction goes to both again, to each as before.
        await care.open(sent)
        await care.post(sent + "/correct")
        let later = care.path
        await care.open(later + "/extract?to=\(hospital.member)")
        #expect(care.has("value=\"assignedOn\" checked") && !care.has("value=\"message\" checked"))
        await care.post(later + "/extract", [("go", "whole")])
        #expect(!care.has("へ送る抜粋を見る"))
    }
}
