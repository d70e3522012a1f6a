namespace Nhi.Rotation.Tests.Shapes;

/// <summary>A login in every form that is read, and the line between a form and a password.</summary>
public sealed class LoginFormTests
{
    [Theory]
    [InlineData("{k9$w-c4nary")]
    [InlineData("{c4nary}")]
    [InlineData("{}")]
    [InlineData("""{"a":1}""")]
    [InlineData("""{"nested":{"username":"app","password":"p"}}""")]
    [InlineData("""["username","password"]""")]
    [InlineData("Password=c4nary")]
    [InlineData("a=b;c=d")]
    [InlineData("abc;def")]
    [InlineData("user:c4nary@host")]
    [InlineData("user=c4nary")]
    [InlineData("my host=a user=b password=c4nary")]
    [InlineData("host=a user=b password='c4nary")]
    [InlineData("host=a user=b password='c4'nary")]
    [InlineData("host=a user=b password=c4nary\\")]
    [InlineData("oracle:thin:app/c4nary@//db")]
    [InlineData("://c4nary")]
    [InlineData("9x://user:c4nary@host")]
    [InlineData("https://example.com/path")]
    [InlineData("$2b$12$abcdefghijklmnopqrstuv")]
    public void What_has_no_form_is_a_password_alone(string value)
    {
        var login = Parse(value);

        Assert.Equal((null, value, null, null, null), (login.Username, login.Password, login.Host, login.Port, login.Database));
    }

    [Theory]
    [InlineData("Server=db;Port=5433;Database=orders;User Id=app;Password=p;ss", null, null)]
    [InlineData("Server=db;Port=5433;Database=orders;User Id=app;Password='p;ss'", "p;ss", "")]
    [InlineData("host=db; port=5433; dbname=orders; username=app; PASSWORD=\"p'ss\"; SSL Mode=Require", "p'ss", "ssl mode=Require")]
    [InlineData("Data Source=db;port=5433;Initial Catalog=orders;UID=app;Pwd=p=ss;TrustServerCertificate=true", "p=ss", "trustservercertificate=true")]
    [InlineData("postgres://app:p%40s%2Fs@db:5433/orders", "p@s/s", "")]
    [InlineData("postgresql://app:p%C3%A4ss+@db:5433/orders?sslmode=require&application_name=a%20b", "päss+", "application_name=a b,sslmode=require")]
    [InlineData("postgresql://db:5433/orders?user=app&password=p%26ss", "p&ss", "")]
    [InlineData("amqp://app:p%3Ass@db:5433/orders", "p:ss", "")]
    [InlineData("amqps://app:p:ss@db:5433/orders?heartbeat=10", "p:ss", "heartbeat=10")]
    [InlineData("jdbc:postgresql://db:5433/orders?user=app&password=p%2Bss&ssl=true", "p+ss", "ssl=true")]
    [InlineData("jdbc:mysql://app:pass@db:5433/orders", "pass", "")]
    [InlineData("JDBC:sqlserver://db:5433;databaseName=orders;user=app;password={p;}}ss};encrypt=true", "p;}ss", "encrypt=true")]
    [InlineData("mariadb+srv://app:p%25@db:5433/orders", "p%", "")]
    [InlineData("host=db port=5433 dbname=orders user=app password=p;ss", "p;ss", "")]
    [InlineData("host=db port=5433 dbname=orders user=app password=p;user=ss sslmode=require", "p;user=ss", "sslmode=require")]
    [InlineData(" host = 'db'\n port=5433 dbname = orders\tuser=app password = 'p\\'s \\\\ s' ", "p's \\ s", "")]
    [InlineData("user=app host=db port=5433 dbname=orders password=p\\ ss application_name=''", "p ss", "application_name=")]
    [InlineData("Server=tcp:db,5433;Initial Catalog=orders;User ID=app;Password=pass;Encrypt=True", "pass", "encrypt=True")]
    [InlineData("Data Source=db, 5433;Initial Catalog=orders;User ID=app;Password=pass", "pass", "")]
    [InlineData("jdbc:oracle:thin:app/pass@//db:5433/orders", "pass", "")]
    [InlineData("jdbc:oracle:thin:app/p%40ss@db:5433:orders", "p%40ss", "")]
    [InlineData("JDBC:ORACLE:oci:app/pass@db:5433/orders", "pass", "")]
    [InlineData("jdbc:oracle:thin:\"app\"/\"p@/ss\"@tcps://db:5433/orders?ssl_server_dn_match=yes", "p@/ss", "ssl_server_dn_match=yes")]
    public void A_connection_string_is_taken_apart(string value, string? password, string? settings)
    {
        if (password is null)
        {
            // A semicolon that is not quoted ends a value, so this is none; what is behind it is part of nothing.
            Assert.Equal(value, Parse(value).Password);
            return;
        }

        var login = Parse(value);

        Assert.Equal(("app", password, "db", 5433, "orders"), (login.Username, login.Password, login.Host, login.Port, login.Database));
        Assert.Equal(settings, string.Join(',', login.Settings.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key}={one.Value}")));
        Assert.Equal(password, Parse(value, LoginForm.ConnectionString).Password);
    }

    [Theory]
    [InlineData("redis://:p%40ss@cache:6379/1", null, "cache", 6379, "1")]
    [InlineData("rediss://cache?password=p%40ss", null, "cache", null, null)]
    [InlineData("mongodb+srv://app:p%40ss@cluster0.example.net/?retryWrites=true", "app", "cluster0.example.net", null, null)]
    [InlineData("mongodb://app:p%40ss@a:27017,b:27018/orders", "app", "a:27017,b:27018", null, "orders")]
    [InlineData("amqp://app:p%40ss@mq/%2F", "app", "mq", null, "/")]
    [InlineData("postgres://app:p%40ss@[::1]:5432/orders", "app", "::1", 5432, "orders")]
    [InlineData("postgres://app:p%40ss@[::1]/orders", "app", "::1", null, "orders")]
    [InlineData("jdbc:oracle:thin:app/\"p@ss\"@orders_high", "app", "orders_high", null, null)]
    [InlineData("jdbc:oracle:thin:app/\"p@ss\"@//db", "app", "db", null, null)]
    [InlineData("jdbc:oracle:thin:app/\"p@ss\"@/db?a=//", "app", "/db?a=//", null, null)]
    [InlineData("jdbc:oracle:thin:app/\"p@ss\"@//[::1]:1521/orders", "app", "::1", 1521, "orders")]
    [InlineData("jdbc:oracle:thin:app/\"p@ss\"@(DESCRIPTION=(ADDRESS=(HOST=db)(PORT=1521)))", "app", "(DESCRIPTION=(ADDRESS=(HOST=db)(PORT=1521)))", null, null)]
    [InlineData("host=a,b user=app password=p@ss dbname=orders", "app", "a,b", null, "orders")]
    [InlineData("Host=a:1,b:2;Username=app;Password=p@ss", "app", "a:1,b:2", null, null)]
    [InlineData("user=app password=p@ss", "app", null, null, null)]
    public void A_URL_says_what_it_says_and_no_more(string value, string? username, string? host, int? port, string? database)
    {
        var login = Parse(value);

        Assert.Equal((username, "p@ss", host, port, database), (login.Username, login.Password, login.Host, login.Port, login.Database));
    }

    [Theory]
    [InlineData("postgres://app@db/orders", "no password")]
    [InlineData("postgres://app:@db/orders", "no password")]
    [InlineData("postgres://app:c4@nary@db/orders", "more than one @")]
    [InlineData("postgres://app:c4/nary@db/orders", "an @ behind the place")]
    [InlineData("postgres://app:c4#nary@db/orders", "a # in it")]
    [InlineData("postgres://app:c4?nary@db/orders", "no password")]
    [InlineData("postgres://app:c4%nary@db/orders", "not followed by two hexadecimal digits")]
    [InlineData("postgres://app:c4nary%F@db/orders", "not followed by two hexadecimal digits")]
    [InlineData("postgres://app:c4nary%FF@db/orders", "no UTF-8")]
    [InlineData("postgres://app:c4nary@db:0/orders", "no port")]
    [InlineData("postgres://app:c4nary@db:65536/orders", "no port")]
    [InlineData("postgres://app:c4nary@db/orders?password=other", "password twice")]
    [InlineData("postgres://app:c4nary@db/orders?a=1&A=2", "a setting twice")]
    [InlineData("jdbc:postgresql://db/orders?user=app&password=c4+nary", "a + in the user or password")]
    [InlineData("jdbc:oracle:c4nary", "no driver")]
    [InlineData("jdbc:oracle:thin:app/c4nary", "no end of the user or password")]
    [InlineData("jdbc:oracle:thin:app/\"c4nary@//db", "no end of the user or password")]
    [InlineData("jdbc:oracle:thin:app/\"c4\"nary@//db", "no @ in front of the server")]
    [InlineData("jdbc:oracle:thin:app/c4@nary@//db:1521/orders", "more than one @")]
    [InlineData("jdbc:oracle:thin:app@//c4nary:1521/orders", "no password")]
    [InlineData("jdbc:oracle:thin:@//c4nary:1521/orders", "no password")]
    [InlineData("jdbc:oracle:thin:app/c4nary@//db:0/orders", "no port")]
    [InlineData("jdbc:oracle:thin:app/c4nary@//db/orders?password=other", "password twice")]
    [InlineData("host=db user=app", "no password")]
    [InlineData("host=db user=app password=''", "no password")]
    [InlineData("host=db user=app password=c4nary password=other", "password twice")]
    [InlineData("host=db port=c4nary user=app password=x", "no port")]
    [InlineData("host=a,b port=5432,5433 user=app password=c4nary", "no port")]
    [InlineData("jdbc:sqlserver://db;user=app;password={c4nary", "a brace")]
    [InlineData("jdbc:sqlserver://db;user=app;password=p;c4nary", "a setting without a value")]
    [InlineData("Server=db;User Id=app;Integrated Security=true", "no password")]
    [InlineData("Server=db;User Id=app;Password=c4nary;Pwd=other", "password twice")]
    [InlineData("Server=db;Port=c4nary;User Id=app;Password=x", "no port")]
    public void A_mistake_in_one_is_named_and_nothing_of_it_shown(string value, string cause)
    {
        var error = Assert.Throws<CredentialFormatException>(() => Parse(value));

        Assert.Contains(cause, error.Cause, StringComparison.Ordinal);
        Assert.Contains("version 'v1'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c4", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("nary", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(value, Parse(value, LoginForm.Password).Password);
    }

    [Theory]
    [InlineData("DB_USER=app\nDB_PASSWORD=c4nary")]
    [InlineData("[client]\r\nuser=app\r\npassword=c4nary\r\n")]
    [InlineData("username: app\npassword: c4nary\n")]
    [InlineData("db:5432:orders:app:c4nary\ndb:5432:other:app:c4nary")]
    [InlineData("machine a login app\rpassword c4nary")]
    public void A_file_of_several_lines_is_no_password(string value)
    {
        var error = Assert.Throws<CredentialFormatException>(() => Parse(value));

        Assert.Contains("'v1' has several lines and is none of the forms", error.Cause, StringComparison.Ordinal);
        Assert.DoesNotContain("c4nary", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(value, Parse(value, LoginForm.Password).Password);
    }

    [Fact]
    public void A_line_ending_at_the_end_was_kept_by_an_option_and_is_part_of_the_password() => Assert.Equal("c4nary\n", Parse("c4nary\n").Password);

    [Theory]
    [InlineData("""{"Username":"app","Password":"c4nary"}""")]
    [InlineData("""{"USERNAME":"app","password":"c4nary"}""")]
    public void A_field_in_another_case_is_a_mistake_and_no_password(string value) =>
        Assert.Contains("no text in the field 'username'", Assert.Throws<CredentialFormatException>(() => Parse(value)).Cause, StringComparison.Ordinal);

    [Theory]
    [InlineData("{c4nary", "JSON")]
    [InlineData("c4nary", "JSON")]
    [InlineData("""{"a":1}""", "'username'")]
    public void JSON_that_was_asked_for_must_be_JSON(string value, string cause) =>
        Assert.Contains(cause, Assert.Throws<CredentialFormatException>(() => Parse(value, LoginForm.Json)).Cause, StringComparison.Ordinal);

    [Theory]
    [InlineData("c4nary")]
    [InlineData("""{"username":"app","password":"c4nary"}""")]
    public void A_connection_string_that_was_asked_for_must_be_one(string value) =>
        Assert.Contains("not a connection string", Assert.Throws<CredentialFormatException>(() => Parse(value, LoginForm.ConnectionString)).Cause, StringComparison.Ordinal);

    [Fact]
    public void JSON_says_where_the_database_is_too()
    {
        var login = Parse("""{"username":"app","password":"p","host":"db","port":"5433","database":"orders","engine":"postgres"}""");

        Assert.Equal(("db", 5433, "orders", 0), (login.Host, login.Port, login.Database, login.Settings.Count));
    }

    [Fact]
    public void What_the_value_says_of_the_server_is_compared_and_not_shown()
    {
        var login = Parse("postgres://app:p@C4NARY.example:5433/c4nary");

        Assert.Same(login, login.RequireServer("c4nary.EXAMPLE", 5433, "c4nary"));
        Different(() => login.RequireServer("db", 5433, "c4nary"), "another server than the one that is configured, 'db'");
        Different(() => login.RequireServer(null, 5433, "c4nary"), "another server than the one that is configured, which is none");
        Different(() => login.RequireServer("c4nary.example", 5432, "c4nary"), "another port than the one that is configured, '5432'");
        Different(() => login.RequireServer("c4nary.example", 5433), "another database than the one that is configured, which is none");
        Different(() => Parse("postgres://app:p@db/c4nary").RequireServer("db", null, string.Empty), "another database than the one that is configured, which is none");
        Parse("plain").RequireServer("db", 1, "orders");

        static void Different(Action compare, string cause)
        {
            var error = Assert.Throws<CredentialFormatException>(compare);
            Assert.Contains(cause, error.Cause, StringComparison.Ordinal);
            Assert.DoesNotContain("c4nary", error.ToString(), StringComparison.OrdinalIgnoreCase);
        }
    }

    private static UsernamePassword Parse(string value, LoginForm form = LoginForm.Any) =>
        UsernamePassword.Parse(new Credential("orders-db", "v1", SecretValue.FromText(value)), form);
}
