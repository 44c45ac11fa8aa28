import Primitives
import Staff

/// The key of an authenticator app that is being set up.
enum AppOffer {
    static func html(_ offer: FactorOffer) -> HTML {
        """
        <ol><li>スマートフォンの認証アプリで、このQRコードを読み取ります。
        <p>\(QRPicture.html(offer.uri, label: English.said("認証アプリで読み取るQRコード")))</p>
        <p>読み取れないときは、アプリの「手入力で追加」に次のキーを入力します。</p>
        <p class="codes" id="key">\(offer.key)</p>
        <p><a href="\(offer.uri)">この端末の認証アプリで開く</a></p></li>
        <li>アプリに出た6桁を入力します。</li></ol>
        """
    }

    static func codeField(_ label: String) -> HTML {
        """
        <div class="field"><label for="code">\(own: label)</label>
        <input type="text" id="code" name="code" class="short" inputmode="numeric" \
        autocomplete="one-time-code" required autofocus></div>
        """
    }
}

/// Spare codes, shown once.
enum SpareCodes {
    static func html(_ codes: [String]) -> HTML {
        """
        <p>認証アプリが使えないとき、1回に1つ使えます。<strong>この画面は一度だけ出ます。</strong>\
        印刷し、鍵のかかる所に保管してください。</p>
        <ul class="codes">\(codes.map { "<li>\($0)</li>" as HTML })</ul>
        """
    }
}

extension ShownPasskey {
    /// What the script has put into a form; nil for anything else.
    init?(typed form: PostedForm) {
        do throws(DecodingRefusal) {
            try self.init(reading: (form["passkey"] ?? "").bytes)
        } catch { return nil }
    }
}
