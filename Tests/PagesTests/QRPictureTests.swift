import Foundation
import Paper
import TestKit
import Testing

@testable import Pages
@testable import Staff

/// The key of an authenticator app is scanned, not typed.
struct QRPictureTests {
    @Test(arguments: ["a", "otpauth://totp/x:y?secret=AAAA", String(repeating: "幻", count: 300)])
    func `the path covers the dark modules, each once`(_ text: String) throws {
        let code = try QRCode(text)
        let picture = QRPicture(code)
        var covered: [Int] = []
        for match in picture.path.matches(of: /M(\d+) (\d+)h(\d+)v1h-(\d+)z/) {
            let (x, y) = (try #require(Int(match.1)), try #require(Int(match.2)))
            let width = try #require(Int(match.3))
            #expect(match.3 == match.4)
            covered += (x..<x + width).map { y * code.side + $0 }
        }
        #expect(picture.path.replacing(/M\d+ \d+h\d+v1h-\d+z/, with: "").isEmpty)
        #expect(covered == code.isDark.indices.filter { code.isDark[$0] })
        #expect(picture.side == code.side)
    }

    @Test func `whoever enrols sees the code of their own key`() async throws {
        let town = try await PagesTown.make([.careOffice])
        let head = try await town.clerk("kanri")
        await head.open(town.path(.careOffice, "/me"))
        await head.post(town.path(.careOffice, "/me/app"), [("password", PagesTown.password)])
        let uri = try #require(head.between("<a href=\"otpauth://", "\""))
        let plain = ("otpauth://" + uri).replacingOccurrences(of: "&amp;", with: "&")
        #expect(head.has("<path d=\"\(QRPicture(try QRCode(plain)).path)\"/>"), "\(head.html)")
        #expect(head.has("aria-label=\"認証アプリで読み取るQRコード\""))
    }

    @Test func `what is too long for a code is shown without one`() {
        let text = QRPicture.html(String(repeating: "a", count: 3000), label: "x").text
        #expect(text.isEmpty)
    }
}
