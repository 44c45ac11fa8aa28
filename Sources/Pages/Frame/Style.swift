/// The one style sheet: calm, official, quick on an old PC. The page's own, no fonts from outside.
enum Style {
    static let text = sheet + widths

    /// Cells of a form stand in millimetres of its line, which is 180 wide.
    private static let widths = (1...210).map { ".w\($0){flex:\($0) 0 0}" }.joined()

    private static let sheet = """
        :root{--text:#1a1a1a;--dim:#4d4d4d;--ground:#f2f2f2;--line:#767676;--blue:#0017c1;
        --deep:#00118f;--ok:#197a4b;--okground:#e6f5ec;--bad:#ce0000;--badground:#fdeeee;
        --warn:#6e5600;--warnground:#fbf5e0;--seen:#5b3b8c;--seenground:#f1eafa}
        *{box-sizing:border-box}
        html{font-size:18px}html.small{font-size:16px}html.large{font-size:22px}
        body{margin:0;background:#fff;color:var(--text);line-height:1.7;
        font-family:"BIZ UDPGothic","Noto Sans JP","Noto Sans CJK JP","Hiragino Sans",Meiryo,
        sans-serif;
        overflow-wrap:anywhere}
        a{color:var(--blue)}a:hover{color:var(--deep)}a:visited{color:#5c10be}
        h1{font-size:1.56rem;line-height:1.4;margin:.5rem 0 1rem}
        h2{font-size:1.22rem;line-height:1.4;margin:2rem 0 .5rem;padding-left:.5rem;
        border-left:.35rem solid var(--blue)}
        h3{font-size:1.05rem;margin:1.2rem 0 .3rem}
        p{margin:.5rem 0}
        :focus-visible{outline:3px solid var(--text);outline-offset:3px;
        box-shadow:0 0 0 3px #ffd43d}
        .skip{position:absolute;left:-999rem}.skip:focus{left:.5rem;top:.5rem;background:#fff;
        padding:.5rem}
        header.top{border-bottom:1px solid var(--line);padding:.4rem 1rem;display:flex;
        flex-wrap:wrap;
        gap:.2rem 1rem;align-items:center}
        header.top .org{font-weight:bold}header.top .who{margin-left:auto}
        header.top form{display:inline}
        nav.main{background:var(--ground);border-bottom:1px solid var(--line);padding:0 .5rem}
        nav.main ul{list-style:none;display:flex;flex-wrap:wrap;margin:0;padding:0}
        nav.main a{display:block;padding:.5rem .9rem;min-height:44px;text-decoration:none;
        color:var(--text)}
        .count{background:var(--blue);color:#fff;border-radius:1rem;padding:0 .6rem;
        font-size:.85rem}
        nav.main a[aria-current]{border-bottom:.25rem solid var(--blue);font-weight:bold}
        main{padding:0 1rem 3rem;max-width:80rem;margin:0 auto}
        footer{border-top:1px solid var(--line);padding:.6rem 1rem;color:var(--dim);
        font-size:.85rem}
        nav.main button,nav.steps button{border:0;border-radius:0;background:none;width:100%;
        color:var(--text);text-align:left}
        nav.main button{padding:.5rem .9rem}
        nav.main button[aria-current]{border-bottom:.25rem solid var(--blue);font-weight:bold}
        .stepped{display:grid;grid-template-columns:15rem minmax(0,1fr);gap:2rem}
        nav.steps ol{list-style:none;margin:0;padding:0;border:1px solid var(--line)}
        nav.steps li+li{border-top:1px solid var(--line)}
        nav.steps button{padding:.4rem .7rem}
        nav.steps button[aria-current]{background:var(--ground);font-weight:bold;
        border-left:.35rem solid var(--blue)}
        nav.steps small{display:block;color:var(--dim);font-weight:normal}
        .from{display:block;width:max-content;max-width:100%;padding:0 .5rem;color:var(--warn);
        background:var(--warnground);border-left:.3rem solid var(--warn);font-size:.88rem}
        .banner{padding:.5rem 1rem;border-bottom:1px solid var(--warn);background:var(--warnground)}
        .note,.problem,.good{border:1px solid var(--line);border-left:.4rem solid var(--blue);
        padding:.6rem 1rem;margin:1rem 0;border-radius:4px}
        .problem{border-color:var(--bad);background:var(--badground)}
        .problem h2{border:0;padding:0;margin:0;color:var(--bad)}
        .note h2{border:0;padding:0;margin:0}
        .good{border-color:var(--ok);background:var(--okground)}
        button,.button{font:inherit;min-height:44px;padding:.4rem 1.2rem;border-radius:4px;
        border:1px solid var(--blue);background:#fff;color:var(--blue);cursor:pointer;
        text-decoration:none;display:inline-block}
        button.main,.button.main{background:var(--blue);color:#fff}
        button.main:hover,.button.main:hover{background:var(--deep)}
        a.button:visited,header.top a:visited,footer a:visited{color:var(--blue)}
        a.button.main:visited{color:#fff}
        button.plain{border:0;background:none;min-height:44px;padding:.2rem .4rem;
        text-decoration:underline}
        button[aria-pressed=true]{font-weight:bold;color:var(--text)}
        summary{min-height:44px;padding:.4rem 0;cursor:pointer;color:var(--blue)}
        .row{display:flex;flex-wrap:wrap;gap:.6rem;align-items:center;margin:1rem 0}
        .pair{display:flex;flex-wrap:wrap;gap:.6rem;align-items:center}
        label,legend{font-weight:bold}
        fieldset{border:1px solid var(--line);border-radius:4px;margin:1rem 0;
        padding:.5rem 1rem 1rem;
        min-width:0}
        fieldset fieldset{border-style:dotted}
        .field{margin:.9rem 0}.field>input,.field>select,.field>textarea{display:block;
        margin-top:.4rem}
        .field .hint{color:var(--dim);font-size:.88rem;display:block;font-weight:normal}
        .field .wrong{color:var(--bad);font-weight:bold;display:block}
        .must{color:var(--bad);font-weight:normal;font-size:.88rem;margin-left:.4rem}
        input,select,textarea{font:inherit;color:inherit;min-height:44px;padding:.3rem .5rem;
        border:1px solid var(--line);border-radius:4px;background:#fff;max-width:100%}
        input[type=text],input[type=password],textarea{width:100%;max-width:44rem}
        input.short{width:14rem}textarea{min-height:6rem}
        [aria-invalid=true]{border:2px solid var(--bad)}
        .choice{display:flex;gap:.5rem;align-items:center;min-height:44px;font-weight:normal}
        td .choice{white-space:nowrap}td select{width:100%}
        .choice input{width:1.3rem;height:1.3rem;min-height:0;flex:none}
        td input[type=checkbox]{width:1.5rem;height:1.5rem;min-height:0}
        .choices{display:flex;flex-wrap:wrap;gap:0 1.4rem}
        table{border-collapse:collapse;width:100%;margin:1rem 0}
        caption{text-align:left;font-weight:bold;padding:.3rem 0}
        th,td{border:1px solid var(--line);padding:.35rem .6rem;text-align:left;vertical-align:top;
        unicode-bidi:isolate;font-variant-numeric:tabular-nums}
        .tel,.number{white-space:nowrap}
        thead th{background:var(--ground)}
        tr.urgent td:first-child{border-left:.4rem solid var(--bad)}
        .tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:.8rem;
        list-style:none;padding:0}
        .tiles a{display:block;border:1px solid var(--line);border-radius:4px;padding:.6rem 1rem;
        text-decoration:none;color:var(--text)}
        .tiles b{display:block;font-size:1.8rem;line-height:1.2}
        .state{white-space:nowrap;border-radius:4px;padding:.1rem .5rem;
        border:1px solid var(--line)}
        .state.blue{color:var(--blue);border-color:var(--blue)}
        .state.violet{color:var(--seen);background:var(--seenground);border-color:var(--seen)}
        .state.green{color:var(--ok);background:var(--okground);border-color:var(--ok)}
        .state.red{color:var(--bad);background:var(--badground);border-color:var(--bad)}
        .label{border:2px solid var(--bad);color:var(--bad);border-radius:4px;padding:0 .4rem;
        font-weight:bold;
        white-space:nowrap}
        .label.full{background:var(--bad);color:#fff}
        ol.strip{list-style:none;display:flex;flex-wrap:wrap;gap:.4rem;padding:0;margin:.6rem 0}
        ol.strip li{border:1px solid var(--line);border-radius:4px;padding:.3rem .7rem;
        color:var(--dim)}
        ol.strip li.done{color:var(--text);border-color:var(--ok);background:var(--okground)}
        ol.strip li.next{color:var(--text);border:2px solid var(--blue)}
        ol.strip li.bad{color:var(--bad);border-color:var(--bad);background:var(--badground)}
        ol.strip .mark{font-weight:bold;margin-right:.3rem}
        .side{display:grid;grid-template-columns:minmax(0,1fr) 20rem;gap:2rem}
        dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.3rem 1rem;
        margin:.5rem 0}
        dt{font-weight:bold}dd{margin:0;unicode-bidi:isolate}
        .paper{border:1px solid var(--line);padding:1rem 1.2rem;max-width:50rem}
        .paper .bar{background:var(--ground);border:1px solid var(--line);margin:.8rem 0 0;
        padding:.1rem .5rem;font-size:1.05rem}
        .paper .line{display:flex}
        .paper .cell{min-width:0;padding:.15rem .4rem;unicode-bidi:isolate}
        .paper .cell b{font-weight:600}.paper .cell span{color:var(--dim)}
        .paper .head{background:var(--ground)}
        .paper .thin{border:1px solid var(--line);margin:-1px 0 0 -1px}
        .paper .thick{border:2px solid var(--text);margin:-1px 0 0 -1px}
        .paper .center{text-align:center}.paper .right{text-align:right}
        .paper .small{font-size:.85rem}.paper .large{font-size:1.2rem}
        .paper .title{font-size:1.5rem;font-weight:bold}
        .paper .rest p{unicode-bidi:isolate;margin:.2rem 0;white-space:pre-wrap}
        #saved{position:sticky;top:0;width:max-content;max-width:100%;margin:0 0 0 auto;
        background:#fff;padding:0 .6rem}
        .saved{color:var(--ok)}
        html{scroll-padding-top:3rem}
        .sign{max-width:30rem;margin:2rem auto}
        .qr{display:block;width:14rem;max-width:100%;background:#fff}
        .codes{font-family:monospace;font-size:1.1rem;columns:2}
        @media (min-width:1100px){th{min-width:5.4em;overflow-wrap:break-word}
        th:first-child{min-width:4em}td time{overflow-wrap:normal}}
        @media (max-width:900px){.side,.stepped{display:block}}
        @media print{header.top,nav.main,footer,.banner,.noprint,.skip{display:none}
        body{font-size:10.5pt}main{padding:0;max-width:none}@page{size:A4;margin:15mm}
        .side{display:block}.paper{border:0;padding:0}a{color:inherit;text-decoration:none}
        td time{overflow-wrap:normal}}
        """
}
