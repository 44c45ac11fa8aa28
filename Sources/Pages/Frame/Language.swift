import HTTP
import Primitives

/// 日本語 or English: a browser keeps which, as `?lang=` on any page says.
enum Language {
    private static let cookie = "__Host-renkei-lang"

    /// The answer to `?lang=en` and `?lang=ja`: the same page, from now on in that language.
    static func chosen(by request: Request) -> Response? {
        guard request.method == .get, let name = request.query("lang"), ["en", "ja"].contains(name)
        else { return nil }
        let year = 366 * 24 * 3600
        return .seeOther(
            // Encoded anew: what a segment holds must not end the field or lead elsewhere.
            "/" + request.path.map(PostedForm.encoded).joined(separator: "/"),
            cookies: [
                "\(cookie)=\(name); Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=\(year)"
            ]
        )
    }

    static func isEnglish(_ request: Request) -> Bool {
        request.fields.values("cookie").contains { line in
            line.split(separator: ";").contains { $0.drop { $0 == " " } == "\(cookie)=en" }
        }
    }
}
