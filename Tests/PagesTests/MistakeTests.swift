import HTTP
import Paper
import Primitives
import Storage
import TestKit
import Testing

@testable import Gateway
@testable import Pages
@testable import Staff

struct MistakeTests {
    private let parts = PagesParts(
        offices: [:],
        seams: (time: SimulatedTime(), random: SeededRandom(seed: 1)),
        say: { (summary: $0.code, advice: "助言") },
        sayCode: { $0 }
    )

    @Test(arguments: [
        (PageRefusal.notFound, 404), (.foreign, 403), (.staff(.formForeign), 403),
        (.staff(.rightMissing(.send)), 403), (.staff(.signInBusy), 503),
        (.gateway(.notFound), 404), (.gateway(.store(.conflict(nil))), 409),
        (.paper(.busy), 503), (.paper(.tooLarge), 400),
        (.otherDesk(OtherDesk(name: "病棟", emergency: nil)), 403), (.gateway(.outOfOrder), 400),
        (.notTheirDesk(name: "佐藤", desk: "病棟"), 400), (.http(.tooLarge), 413),
        (.http(.wrongHost), 421), (.http(.malformed), 400),
    ])
    func `every refusal has its page`(refusal: PageRefusal, status: Int) {
        let mistake = Mistake(refusal, parts)
        #expect(mistake.status == status)
        #expect(!mistake.title.isEmpty)
        #expect(!mistake.text.text.isEmpty && !mistake.advice.text.isEmpty)
        #expect(mistake.body(trace: "0123", back: "/").text.contains("問い合わせ番号: 0123"))
    }

    @Test func `who lacks a right hears which roles have it`() {
        let mistake = Mistake(.staff(.rightMissing(.send)), parts)
        #expect(mistake.text.text.contains("送信者・窓口責任者"))
    }
}
