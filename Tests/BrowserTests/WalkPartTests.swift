import BrowserKit
import Foundation
import Primitives
import Testing

@testable import screens

/// What walks through the pages are made of.
@Suite(.serialized) struct WalkPartTests {
    @Test(arguments: [Hands.mouse, .keyboard])
    func `a sheet is filled in by mouse and by keyboard alike`(_ hands: Hands) async throws {
        let sheet: JSON = [
            "patient": ["fullName": "髙﨑 𠮷之助", "sex": "2"], "scene": "leave",
            "body": [
                "topics": ["a", "c"], "message": "一行目\n二行目", "days": ["R8.1.1", "R8.1.2"],
                "family": [["name": "甲"], ["name": "乙"]],
            ],
        ]
        try await SamplePages.served { browser, base in
            let desk = Desk(browser: browser, hands: hands, base: base)
            try await desk.open("/draft")
            var filler = SheetFiller(sheet)
            filler.send(to: "架空記念病院")
            filler.consent()
            try await filler.fill(at: desk)
            try await desk.use("一時保存")
            try await desk.open("/posted")
            let posted = try await browser.text.split(separator: "\n").map { form in
                form.split(separator: "&").map { pair in
                    String(pair).replacing("+", with: " ").removingPercentEncoding ?? ""
                }
            }
            #expect(
                posted == [
                    [
                        "to=m2", "/patient/fullName=髙﨑 𠮷之助", "/patient/sex=2", "/scene=leave",
                        "/body/topics=a", "/body/topics=c", "/body/message=一行目\r\n二行目",
                        "/body/days/0=R8.1.1", "/body/days/1=R8.1.2", "/body/family/0/name=甲",
                        "consent=c1", "next=save",
                    ],
                    ["/body/family/1/name=乙", "next=save"],
                ]
            )
        }
    }

    @Test func `what is wrong with a page is told in words`() async throws {
        try await SamplePages.served { browser, base in
            try await browser.open(base + "/")
            #expect(try await Inspection.look(browser) == [])
            try await browser.open(base + "/faulty")
            let found = try await Inspection.look(browser)
            #expect(found.contains { $0.hasPrefix("image-alt") && $0.contains("#silent") })
            #expect(found.contains("calls outside: https://outside.example/x.png"))
            #expect(found.contains { $0.hasPrefix("console: ") })
            try await browser.open(base + "/wide")
            #expect(try await Inspection.look(browser).contains("zoomed: too wide: p#broad"))
        }
    }

    @Test func `an authenticator app has the codes of the standard`() async throws {
        let app = AuthenticatorApp(key: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ")
        // RFC 6238, appendix B.
        #expect(try await app.code(at: Timestamp(milliseconds: 59_000)) == "287082")
        #expect(try await app.code(at: Timestamp(milliseconds: 1_111_111_109_000)) == "081804")
    }
}
