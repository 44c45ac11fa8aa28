import HTTP
import Primitives

// What every answer of the pages carries.
extension Response {
    static func page(
        _ html: HTML,
        status: Int = 200,
        cookies: [String] = [],
        fields: [(String, String)] = []
    ) -> Response {
        Response(
            status: status,
            fields: PageFields.all + fields + cookies.map { ("Set-Cookie", $0) },
            body: .bytes(("<!DOCTYPE html>\n" + html.text).bytes, type: "text/html; charset=utf-8")
        )
    }

    /// After a form was posted: 303, so that a reload posts nothing again. `path` is ours.
    static func seeOther(_ path: String, cookies: [String] = []) -> Response {
        Response(
            status: 303,
            fields: PageFields.all + [("Location", path)] + cookies.map { ("Set-Cookie", $0) }
        )
    }

    /// For the script.
    static func json(_ json: JSON, status: Int = 200) -> Response {
        Response(
            status: status,
            fields: PageFields.all,
            body: .bytes(json.canonicalBytes, type: "application/json")
        )
    }

    static func asset(_ text: String, type: String) -> Response {
        let kept = PageFields.all.filter { $0.0 != "Cache-Control" }
        return Response(
            status: 200,
            fields: kept + [("Cache-Control", "public, max-age=31536000, immutable")],
            body: .bytes(text.bytes, type: type)
        )
    }

    static func file(_ bytes: [UInt8], name: String, type: String) -> Response {
        Response(
            status: 200,
            fields: PageFields.all
                + [("Content-Disposition", "attachment; filename=\"\(name)\"")],
            body: .bytes(bytes, type: type)
        )
    }
}

enum PageFields {
    /// Nothing from outside, nothing in line, in nobody's frame, in no cache, to nobody's referrer.
    static let all: [(String, String)] = [
        (
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
                + "font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
                + "connect-src 'self'"
        ),
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), interest-cohort=()"),
        ("Strict-Transport-Security", "max-age=63072000"),
    ]
}
