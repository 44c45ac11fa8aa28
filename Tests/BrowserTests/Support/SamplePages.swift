import BrowserKit
import Cryptography
import HTTP
import Primitives
import TestKit

/// Pages that stand for those of a gateway: over TLS, and under the same strict policy.
enum SamplePages {
    /// Serves them while `body` runs.
    static func served<Result>(
        _ body: (Browser, String) async throws -> Result
    ) async throws
        -> Result
    {
        let certificate = try PageCertificate()
        let tls = TLSServerConfiguration(
            chainPEM: certificate.chainPEM,
            keyPEM: certificate.keyPEM,
            clientCertificate: .none
        )
        let address = ListenerConfiguration.Address.tcp(host: "127.0.0.1", port: 0)
        let server = try Server(
            [(ListenerConfiguration(address: address, tls: tls), routes())],
            time: MachineTime()
        )
        async let running: Void = server.run()
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(
                try await Browser.live(trusting: [certificate.pin]) { browser in
                    try await body(browser, "https://localhost:\(server.ports[0])")
                }
            )
        } catch {
            outcome = .failure(error)
        }
        server.drain()
        await running
        return try outcome.get()
    }

    private static let policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        + "font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
        + "connect-src 'self'"

    private static func routes() -> Router {
        var router = Router()
        for (path, type, text) in documents {
            router.on(.get, path, RouteOptions(requiresIdentity: false)) {
                (_, _) async throws(HTTPFailure) in
                Response(
                    status: 200,
                    fields: [
                        ("Content-Security-Policy", policy), ("Cache-Control", "no-store"),
                        ("Set-Cookie", "__Host-sample=1; Path=/; Secure; HttpOnly; SameSite=Lax"),
                    ],
                    body: .bytes(text.bytes, type: type)
                )
            }
        }
        let options = RouteOptions(bodyLimit: 4096, requiresIdentity: false)
        router.on(.post, "/sent", options) { (request, _) async throws(HTTPFailure) in
            _ = try await request.body(limit: 4096)
            return Response(status: 303, fields: [("Location", "/done")])
        }
        let posted = Lock("")
        router.on(.post, "/saved", options) { (request, _) async throws(HTTPFailure) in
            let body = String(decoding: try await request.body(limit: 4096), as: UTF8.self)
            posted.withLock { $0 += body + "\n" }
            return Response(status: 303, fields: [("Location", "/draft-more")])
        }
        router.on(.get, "/posted", RouteOptions(requiresIdentity: false)) { _, _ in
            Response(status: 200, body: .bytes(posted.withLock { $0 }.bytes, type: "text/plain"))
        }
        return router
    }

    private static let documents = [
        ("/", page, form), ("/done", page, document("送信完了", "<p>受け付けました。</p>")),
        ("/faulty", page, faulty), ("/wide", page, wide), ("/long", page, long),
        ("/alert", page, alerting), ("/draft", page, draft), ("/draft-more", page, moreDraft),
        ("/page.css", "text/css", styles),
        ("/page.js", "text/javascript", script),
        ("/alert.js", "text/javascript", "setTimeout(() => alert('開かれました'), 0)"),
        ("/favicon.ico", "image/png", ""),
    ]
    private static let page = "text/html; charset=utf-8"

    private static func document(_ title: String, _ body: String, head: String = "") -> String {
        """
        <!doctype html><html lang="ja"><head><meta charset="utf-8"><title>\(title) – 架空機関</title>
        <meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/page.css">
        \(head)</head><body><main id="main"><h1>\(title)</h1>\(body)</main></body></html>
        """
    }

    private static let form = document(
        "記入",
        """
        <p id="state">そのまま</p><noscript><p id="without">スクリプトなし</p></noscript>
        <form method="post" action="/sent">
        <label for="id">職員ID ※必須</label><input id="id" name="id" autocomplete="off">
        <label for="name">氏名</label><input id="name" name="name" autocomplete="off">
        <label for="care">要介護度</label>
        <select id="care" name="care"><option>要介護1</option><option>要介護2</option></select>
        <button>送信する</button> <a href="/done">やめる</a></form>
        """,
        head: "<script src=\"/page.js\"></script>"
    )
    /// An image without words, a field without a label, a call to another machine, and a script
    /// that the policy forbids.
    private static let faulty = document(
        "誤り",
        """
        <img id="silent" src="data:image/png;base64,AAAA"><input id="nameless">
        <img alt="外" src="https://outside.example/x.png">
        <script>document.getElementById('nameless').value = 'run'</script>
        """
    )
    /// Fields named for their places in a sheet; saving makes the second row of the list.
    private static let draft = document(
        "下書き",
        """
        <form method="post" action="/saved"><table>
        <tr><td>架空診療所</td><td><input type="checkbox" name="to" value="m1" aria-label="甲"></td></tr>
        <tr><td>架空記念病院</td><td><input type="checkbox" name="to" value="m2" aria-label="乙"></td>
        </tr></table>
        <input name="/patient/fullName" aria-label="氏名">
        <label><input type="radio" name="/patient/sex" value="1">男</label>
        <label><input type="radio" name="/patient/sex" value="2">女</label>
        <label><input type="radio" name="/patient/sex" value="" checked>未記入</label>
        <select name="/scene" aria-label="場面"><option value="">（選んでください）</option>
        <option value="daily">日常</option><option value="leave">退院</option></select>
        <label><input type="checkbox" name="/body/topics" value="a">あ</label>
        <label><input type="checkbox" name="/body/topics" value="b">い</label>
        <label><input type="checkbox" name="/body/topics" value="c">う</label>
        <textarea name="/body/message" aria-label="連絡"></textarea>
        <input name="/body/days/0" aria-label="日1"><input name="/body/days/1" aria-label="日2">
        <input name="/body/family/0/name" aria-label="家族1">
        <label><input type="radio" name="consent" value="c1">同意</label>
        <button name="next" value="check">確認へ進む</button>
        <button name="next" value="save">一時保存</button></form>
        """
    )
    private static let moreDraft = document(
        "下書き",
        """
        <form method="post" action="/saved"><input name="/body/family/1/name" aria-label="家族2">
        <button name="next" value="check">確認へ進む</button>
        <button name="next" value="save">一時保存</button></form>
        """
    )
    private static let wide = document("幅", "<p id=\"broad\">広い</p>")
    private static let long = document(
        "長い",
        (1...80).map { "<p>髙﨑 𠮷之助 \($0)</p>" }.joined()
    )
    private static let alerting = document(
        "知らせ",
        "<p>待つ</p>",
        head: "<script src=\"/alert.js\"></script>"
    )
    private static let styles = "#broad { width: 2000px } @page { size: A4 }"
    private static let script = """
        addEventListener('DOMContentLoaded', () => {
          document.getElementById('state').textContent = '動いた'
          addEventListener('keydown', e => {
            if (e.ctrlKey && e.key === 's') {
              e.preventDefault()
              document.getElementById('state').textContent = '保存'
            }
          })
        })
        """
}
